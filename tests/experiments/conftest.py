"""An engine without processes, for tests that are about something else."""

from __future__ import annotations

from collections import deque

import pytest

from tenfold.experiments import _crew
from tenfold.experiments.engines import Outcome
from tenfold.experiments.engines.processes import _do
from tenfold.experiments.jobs import Job


class HereAndNow:
    """Does jobs in this process, one after another, when their results are asked for."""

    def __init__(self, workers: int, threads: int = 1) -> None:
        self.workers = workers
        self._waiting: deque[Job] = deque()

    def submit(self, job: Job) -> None:
        self._waiting.append(job)

    def result(self, timeout: float) -> Outcome | None:
        job = self._waiting.popleft()
        answer = _do(job)
        return Outcome(job, answer.get("scores"), answer.get("error", ""))

    def close(self) -> None:
        self._waiting.clear()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do jobs in this process."""
    monkeypatch.setattr(_crew, "ProcessEngine", HereAndNow)
