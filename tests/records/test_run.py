"""A run's folder: whole files, one process at a time, clear words when damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from _run_folders import start
from tenfold.errors import RunError
from tenfold.recipes import load_recipe
from tenfold.records import (
    Environment,
    EpochRow,
    Fold,
    Plan,
    Run,
    RunScores,
    Scored,
    Settings,
    describe_environment,
    numbered_folder,
)

FOLD = Fold(index=1, folds=3)
SETTINGS = Settings(seed=4, data="mnist", data_hash="feed" * 16, threads=2, fold=FOLD)
PLAN = Plan(load_recipe("mlp-128"), SETTINGS)
SCORES = RunScores(seconds=2.5, test=Scored(loss=0.1, accuracy=0.5))
ROW = EpochRow(epoch=1, step=10, loss=0.5, accuracy=0.9, validation_loss=0.6)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    assert not run.started
    run.start(PLAN, Environment(cores=2))
    run.write_history([ROW, ROW])
    assert run.started
    assert not run.finished
    run.write_scores(SCORES)
    again = Run(str(tmp_path / "run"))
    assert again.finished
    assert again.plan == PLAN
    assert again.environment == Environment(cores=2)
    assert again.history == [ROW, ROW]
    assert again.scores == SCORES


def test_starting_again_forgets_what_was(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.start(PLAN, Environment())
    run.write_history([ROW])
    run.write_scores(SCORES)
    run.start(PLAN, Environment())
    assert not run.finished
    assert run.history == []


def test_an_unfinished_or_missing_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"has no run\.json"):
        _ = Run(tmp_path).scores
    start(Run(tmp_path))
    with pytest.raises(RunError, match=r"has no scores\.json"):
        _ = Run(tmp_path).scores
    with pytest.raises(RunError, match=r"has no run\.json"):
        _ = Run(tmp_path / "nowhere").plan


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff"])
def test_damaged_files_are_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        _ = Run(tmp_path).plan
    (tmp_path / "history.jsonl").write_bytes(content or b"{}")
    with pytest.raises(RunError, match=r"history\.jsonl is damaged"):
        _ = Run(tmp_path).history


def test_another_process_is_kept_out(tmp_path: Path) -> None:
    program = f"""
from tenfold.records import Run
try:
    with Run({str(tmp_path)!r}).locked():
        print("entered")
except Exception as error:
    print(type(error).__name__, error)
"""
    ask = [sys.executable, "-c", program]
    with Run(tmp_path).locked():
        inside = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    after = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    assert inside.startswith("RunError Another process is at work in")
    assert after == "entered\n"


def test_a_killed_process_half_written_files_are_cleared(tmp_path: Path) -> None:
    part = tmp_path / ".checkpoint.safetensors.abc.part"
    part.write_bytes(b"half")
    with Run(tmp_path).locked():
        assert not part.exists()


def test_folders_are_numbered(tmp_path: Path) -> None:
    assert numbered_folder(tmp_path, "cnn").name == "cnn-1"
    (tmp_path / "cnn-1").mkdir()
    assert numbered_folder(tmp_path, "cnn").name == "cnn-2"


def test_the_environment_names_machine_and_versions() -> None:
    environment = describe_environment()
    assert environment.platform
    assert {"python", "tenfold", "numpy", "onnxruntime"} <= environment.versions.keys()
