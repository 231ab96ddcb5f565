"""``tenfold reproduce`` at small scale: the machinery, not the figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tenfold.experiments.reproduce import CLAIMS


@pytest.mark.slow
def test_every_claim_gets_a_finding_on_both_pages(drawn_file: Path, tmp_path: Path) -> None:
    program = "from tenfold.cli import main; main()"
    words = ["reproduce", "--folder", "r", "--data", str(drawn_file), "--subset", "1200"]
    subprocess.run(
        [sys.executable, "-c", program, *words, "--epochs", "1", "--pages", "pages"],
        check=True,
        capture_output=True,
    )
    findings = json.loads(Path("r/results.json").read_text())["findings"]
    assert findings.keys() == {claim.key for claim in CLAIMS}
    english, chinese = (
        (tmp_path / "pages" / name).read_text(encoding="utf-8")
        for name in ("reproduction.md", "reproduction.zh-CN.md")
    )
    assert english.count("\n| 00") == chinese.count("\n| 00") == len(CLAIMS)
    assert "重现四篇教程" in chinese
