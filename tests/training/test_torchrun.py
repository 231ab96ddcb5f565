"""Trainings that torchrun starts: killed, gone on with, started again, refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from _torchrun import TORCHRUN, surroundings, torchrun
from _waiting import wait_for
from tenfold.records import EpochRow, Run
from tenfold.training import Silence, resume, train


class StopAfter(Silence):  # type: ignore[misc] # final for users, not for this test
    """Interrupts training as Ctrl-C does, at the end of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch(self, row: EpochRow) -> None:
        if row.epoch == self.epoch:
            raise KeyboardInterrupt


CHANGES: dict[str, object] = {"epochs": 4, "validation": 200, "batch_size": 64}
OPTIONS = ["--epochs", "4", "--validation", "200", "--set", "batch_size=64", "--no-figures"]


@pytest.fixture(scope="module")
def undisturbed(drawn_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Four epochs of one process."""
    folder = tmp_path_factory.mktemp("one") / "run"
    return train(
        "cnn-deep", drawn_file, run=folder, changes=CHANGES, seed=6, observer=Silence(), threads=1
    )


def check_follows(run: Run, undisturbed: Run) -> None:
    """The first epochs are those of one process; later ones go apart, as rounding grows."""
    assert run.finished
    assert [row.epoch for row in run.history] == [1, 2, 3, 4]
    for row, other in zip(run.history, undisturbed.history, strict=True):
        assert row.loss == pytest.approx(other.loss, rel=1e-3 if row.epoch == 1 else 0.1)
    assert run.scores.test.loss == pytest.approx(undisturbed.scores.test.loss, rel=0.3)


@pytest.mark.timeout(600)
@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_a_killed_process_leaves_a_run_that_one_process_goes_on_with(
    rank: int, drawn_file: Path, tmp_path: Path, undisturbed: Run
) -> None:
    run = Run(tmp_path / "run")
    words = ["-m", "--", "tenfold", "train", "cnn-deep", "--data", str(drawn_file), "--seed", "6"]
    process = subprocess.Popen(
        [*TORCHRUN, *words, "--run", str(run.folder), *OPTIONS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings(),
    )
    try:
        wait_for(lambda: len(run.history) > 0, process)
        os.kill(process_of(rank, process.pid), signal.SIGKILL)
        said = process.communicate(timeout=60)[1]
    finally:
        process.kill()
    assert process.returncode == 1
    # The first process speaks; if it is the one that was killed, torchrun names it.
    assert said.count("Error: Another process of this training was lost") == rank
    assert said.count(f"Go on with: tenfold train --run {run.folder} --resume") == rank
    assert "Signal 9 (SIGKILL)" in said
    assert said.count("Traceback") == 1
    assert not run.finished
    assert run.plan.settings.processes == 2
    check_follows(resume(run.folder, observer=Silence()), undisturbed)


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_two_processes_go_on_with_the_run_of_one(
    drawn_file: Path, tmp_path: Path, undisturbed: Run
) -> None:
    run = Run(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        train(
            "cnn-deep",
            drawn_file,
            run=run.folder,
            changes=CHANGES,
            seed=6,
            observer=StopAfter(2),
            threads=1,
        )
    done = torchrun(
        "-m", "--", "tenfold", "train", "--run", str(run.folder), "--resume", "--no-figures"
    )
    assert done.returncode == 0, done.stderr
    # One process alone speaks.
    assert done.stdout.count("Test accuracy") == 1
    assert done.stderr.count("epoch 4/4") == 1
    assert "Warning" not in done.stderr
    check_follows(run, undisturbed)


def process_of(rank: int, launcher: int) -> int:
    """The process number of ``rank`` among the children of torchrun."""
    children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    (found,) = (
        int(child)
        for child in children
        if b"RANK=%d" % rank in Path(f"/proc/{child}/environ").read_bytes().split(b"\0")
    )
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_torchrun_starts_again_by_itself(
    drawn_file: Path, tmp_path: Path, undisturbed: Run
) -> None:
    run = Run(tmp_path / "run")
    words = ["--max-restarts", "1", "-m", "--", "tenfold", "train", "cnn-deep", "--seed", "6"]
    options = ["--data", str(drawn_file), "--run", str(run.folder), "--resume", *OPTIONS]
    process = subprocess.Popen(
        [*TORCHRUN, *words, *options], stderr=subprocess.PIPE, text=True, env=surroundings()
    )
    try:
        wait_for(lambda: len(run.history) > 0, process)
        os.kill(process_of(1, process.pid), signal.SIGKILL)
        said = process.communicate(timeout=300)[1]
    finally:
        process.kill()
    assert process.returncode == 0, said
    check_follows(run, undisturbed)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["cnn-depe"], "Error: There is no recipe named 'cnn-depe'"),
        (["reader"], "Error: reader is trained by one process"),
        (["cnn-deep", "--seed", "-1"], "Received '-1' for --seed"),
        (["mlp-128", "--set", "learning_rate=1e38"], "smaller learning rate"),
    ],
)
@pytest.mark.slow
def test_what_is_wrong_is_said_once(words: list[str], message: str, drawn_file: Path) -> None:
    done = torchrun("-m", "tenfold", "train", *words, "--data", str(drawn_file), "--no-figures")
    assert done.returncode == 1
    assert done.stderr.count(message) == 1, done.stderr
    # torchrun ends with a traceback of its own, whatever happened.
    assert done.stderr.count("Traceback") == 1
    assert done.stderr.index("Traceback") > done.stderr.index(message)


# Processes that end as soon as they have exchanged their last numbers; without a pause between, 2
# of 10 such trainings were aborted.
HASTY = """
import atexit, sys, torch
from tenfold.training import joined
def work():
    with joined() as group:
        group.parallel(torch.nn.Linear(3, 3))
        for _time in range(50):
            group.total(1.0)
sys.setswitchinterval(5)
atexit.register(work)
"""


@pytest.mark.slow
def test_a_hasty_end_is_a_good_one(tmp_path: Path) -> None:
    script = tmp_path / "hasty.py"
    script.write_text(HASTY)
    for _again in range(10):
        done = torchrun(str(script))
        assert done.returncode == 0, done.stderr


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tenfold", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("tenfold ")
