"""The tests have the same names on every day, machine and process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def collected(seed: str, home: Path) -> list[str]:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--collect-only",
            "-q",
            "-m",
            "",
            "-p",
            "no:cacheprovider",
        ],
        cwd=TESTS.parent,
        env={**os.environ, "PYTHONHASHSEED": seed, "HOME": str(home), "COLUMNS": "80"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return [line for line in done.stdout.splitlines() if "::" in line]


@pytest.mark.slow
def test_two_collections_are_the_same(tmp_path: Path) -> None:
    first = collected("1", tmp_path)
    assert len(first) > 1000
    assert collected("2", TESTS) == first
