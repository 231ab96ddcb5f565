"""An engine without processes, a job for engines, and what a program leaves."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections import deque
from pathlib import Path

import pytest

from _waiting import wait_for
from tenfold.data import DataSet
from tenfold.experiments.engines import Outcome, processes
from tenfold.experiments.engines._answers import answer, outcome
from tenfold.experiments.jobs import Job
from tenfold.recipes import load_recipe
from tenfold.records import TrainingOptions


class HereAndNow:
    """Does jobs in this process, one after another, when their results are asked for."""

    def __init__(self, workers: int, threads: int = 1) -> None:
        self.workers = workers
        self._waiting: deque[Job] = deque()

    def submit(self, job: Job) -> None:
        self._waiting.append(job)

    def result(self, timeout: float) -> Outcome | None:
        job = self._waiting.popleft()
        return outcome(job, answer(job))

    def close(self) -> None:
        self._waiting.clear()


class Descendants:
    """Knows the processes that a program has started, and those by a mark in their environment."""

    def __init__(self) -> None:
        self.mark = {"TENFOLD_TEST_MARK": uuid.uuid4().hex}

    def wait_until_gone(self, seconds: float = 60) -> None:
        try:
            wait_for(lambda: not self._left(), seconds=seconds)
        except AssertionError as late:
            raise AssertionError(f"still there: {self._left()}") from late

    def _left(self) -> list[str]:
        words = [f"{name}={value}".encode() for name, value in self.mark.items()]
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if words[0] in (process / "environ").read_bytes().split(b"\0"):
                    found.append((process / "cmdline").read_text().replace("\0", " ")[:200])
        return found


@pytest.fixture
def descendants() -> Descendants:
    """Start a program with ``descendants.mark`` in its environment."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("the system does not tell of its processes")
    return Descendants()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do jobs in this process."""
    monkeypatch.setattr(processes, "ProcessEngine", HereAndNow)


@pytest.fixture
def job(drawn: DataSet, drawn_file: Path) -> Job:
    """A training of one epoch, in the folder ``it``."""
    recipe = load_recipe("mlp-256").changed({"epochs": 1, "validation": 200})
    data = os.path.relpath(drawn_file)
    return Job(
        name="it",
        recipe=recipe,
        data=data,
        data_hash=drawn.hash(),
        folder="it",
        options=TrainingOptions(test=False, threads=1),
    )
