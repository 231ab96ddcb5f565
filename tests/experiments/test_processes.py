"""The engine of processes: killed workers, killed parents, Ctrl-C."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from _waiting import is_gone, wait_for
from tenfold.data import DataSet
from tenfold.errors import UnknownNameError
from tenfold.experiments import Job
from tenfold.experiments.engines import _answers
from tenfold.experiments.engines.processes import ProcessEngine
from tenfold.recipes import load_recipe
from tenfold.records import TrainingOptions


def make_job(drawn: DataSet, data: Path, name: str, epochs: int) -> Job:
    recipe = load_recipe("mlp-256").changed({"epochs": epochs, "validation": 200})
    return Job(
        name=name,
        recipe=recipe,
        data=str(data),
        data_hash=drawn.hash(),
        folder=name,
        options=TrainingOptions(test=False, threads=1),
    )


def test_a_worker_that_is_killed_costs_its_job_only(drawn: DataSet, drawn_file: Path) -> None:
    engine = ProcessEngine(1)
    try:
        engine.submit(make_job(drawn, drawn_file, "long", 10_000))
        engine.submit(make_job(drawn, drawn_file, "short", 1))
        wait_for(Path("long/history.jsonl").is_file)
        (worker,) = multiprocessing.active_children()
        os.kill(worker.pid or 0, signal.SIGKILL)
        outcomes = {}
        while len(outcomes) < 2:
            if outcome := engine.result(250):
                outcomes[outcome.job.name] = outcome
    finally:
        engine.close()
    assert outcomes["long"].scores is None
    assert "its process died" in outcomes["long"].error
    assert outcomes["short"].scores is not None
    assert outcomes["short"].scores.validation.count == 200
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (UnknownNameError("recipe", "x", ["y"]), "no recipe named 'x'"),
        (MemoryError(), "the memory was not enough"),
        (RuntimeError("broken"), "RuntimeError: broken (see job/error.txt)"),
    ],
)
def test_errors_travel_as_words(
    monkeypatch: pytest.MonkeyPatch, drawn: DataSet, raised: Exception, message: str
) -> None:
    def fail(job: Job) -> dict[str, Any]:
        raise raised

    monkeypatch.setattr(_answers, "run_job", fail)
    job = make_job(drawn, Path("nowhere"), "job", 1)
    assert message in _answers.outcome(job, _answers.answer(job)).error
    if isinstance(raised, RuntimeError):
        assert "Traceback" in Path("job/error.txt").read_text()


ONE = ("crossval", "mlp-256", "--folds", "2", "--epochs", "3", "--workers", "1")
SEVERAL = ("crossval", "mlp-256", "mlp-sigmoid", "--folds", "2", "--epochs", "5", "--workers", "2")


def start(data: Path, folder: str, command: tuple[str, ...]) -> subprocess.Popen[str]:
    program = "from tenfold.cli import main; main()"
    words = [*command, "--set", "batch_size=16", "--data", str(data), "--folder", folder]
    return subprocess.Popen(
        [sys.executable, "-c", program, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def results(folder: str) -> dict[str, Any]:
    """What came of it, without what the clock says and what the folder is called."""
    found = json.loads(Path(folder, "results.json").read_text())
    del found["seconds"]
    for one in found["recipes"]:
        for score in one["scores"]:
            del score["seconds"]
    return dict(found)


def finish(data: Path, folder: str, command: tuple[str, ...]) -> str:
    process = start(data, folder, command)
    out, err = process.communicate(timeout=250)
    assert process.returncode == 0, err
    assert err.count("Traceback") == 0
    assert "leaked" not in err
    return out


def check_kills(data: Path, kills: int, command: tuple[str, ...]) -> None:
    began = time.monotonic()
    table = finish(data, "whole", command)
    took = time.monotonic() - began
    chance = random.Random(kills)
    for kill in range(kills):
        process = start(data, "killed", command)
        time.sleep(chance.uniform(0.3, 0.9) * took)
        # Once the parent alone, whose workers have to end by themselves, once all at once.
        if kill % 2:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()
    assert finish(data, "killed", command) == table
    assert results("killed") == results("whole")


@pytest.mark.slow
def test_killed_at_any_moment_it_ends_with_the_same_table(drawn_file: Path) -> None:
    check_kills(drawn_file, 1, ONE)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_many_times(drawn_file: Path) -> None:
    check_kills(drawn_file, 12, SEVERAL)


@pytest.mark.slow
def test_ctrl_c_ends_cleanly_and_says_how_to_go_on(drawn_file: Path) -> None:
    process = start(drawn_file, "stopped", SEVERAL)
    wait_for(Path("stopped/mlp-256/fold-0/history.jsonl").is_file, process)
    os.killpg(process.pid, signal.SIGINT)
    _out, err = process.communicate(timeout=250)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "leaked" not in err
    assert "tenfold crossval ... --folder stopped" in err
    wait_for(lambda: is_gone(-process.pid))  # and its workers
