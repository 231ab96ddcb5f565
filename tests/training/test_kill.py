"""A run that is killed at any moment ends with the weights of a run that never was."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHANGES = ["--epochs", "6", "--set", "batch_size=16", "--validation", "200"]
CHANGES += ["--threads", "1", "--no-figures"]


def command(recipe: str, data: Path, run: Path) -> list[str]:
    program = "from tenfold.cli import main; main()"
    options = ["--data", str(data), "--run", str(run), "--seed", "3", "--resume", *CHANGES]
    return [sys.executable, "-c", program, "train", recipe, *options]


def train_whole(recipe: str, data: Path, run: Path) -> float:
    began = time.monotonic()
    subprocess.run(command(recipe, data, run), check=True, capture_output=True)
    return time.monotonic() - began


def train_killed(recipe: str, data: Path, run: Path, moment: float) -> bool:
    """Start or resume the run, kill it after ``moment`` seconds; return whether it was killed."""
    process = subprocess.Popen(
        command(recipe, data, run), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return process.wait(moment) != 0
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def check_kills(recipe: str, kills: int, data: Path, folder: Path) -> None:
    took = train_whole(recipe, data, folder / "whole")
    whole = (folder / "whole" / "weights.safetensors").read_bytes()
    chance = random.Random(f"{recipe} {kills}")
    done = 0
    while done < kills:
        run = folder / f"killed-{done}"
        # One to four kills in a row of the same run, anywhere in its life.
        for _ in range(min(kills, chance.randint(1, 4))):
            done += train_killed(recipe, data, run, chance.uniform(0.05, 0.95) * took)
        train_whole(recipe, data, run)
        assert (run / "weights.safetensors").read_bytes() == whole
        assert not list(run.glob(".*.part"))
    print(f"{recipe}: {done} kills, all resumed to identical weights")


def test_a_killed_run_ends_with_identical_weights(drawn_file: Path, tmp_path: Path) -> None:
    check_kills("mlp-256", 1, drawn_file, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("recipe", ["mlp-256", "cnn-batchnorm", "mlp-128", "mlp-sigmoid"])
def test_many_kills(recipe: str, drawn_file: Path, tmp_path: Path) -> None:
    check_kills(recipe, 12, drawn_file, tmp_path)
