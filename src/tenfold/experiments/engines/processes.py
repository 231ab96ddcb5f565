"""Jobs in processes on this machine."""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import final

from tenfold.errors import InputError
from tenfold.experiments.engines import Outcome
from tenfold.experiments.engines._answers import Answer, answer, outcome, prepare_worker
from tenfold.experiments.jobs import Job
from tenfold.language import text as _
from tenfold.processes import WorkerPool, core_count

__all__ = ["ProcessEngine", "address_in", "open_engine"]


def address_in(asked: str) -> None:
    """Refuse an address: the processes are on this machine.

    Raises:
        InputError: if there is one.
    """
    if asked != "processes":
        raise InputError(
            _("Received the engine {asked}; expected processes without an address.", asked=asked)
        )


def open_engine(address: None, workers: int | None, threads: int) -> ProcessEngine:
    """Return an engine of ``workers`` processes, by default one for each core."""
    del address
    return ProcessEngine(workers or core_count(), threads)


@final
class ProcessEngine:
    """As many jobs at once as there are workers, each worker a process of its own.

    A worker lives on from job to job, so that PyTorch and the data are loaded once. One that
    dies is replaced; its job is reported. Workers die with the process that made them.
    """

    def __init__(self, workers: int, threads: int = 1) -> None:
        """Prepare ``workers`` places with ``threads`` threads each; processes start with jobs."""
        self._waiting: deque[Job] = deque()
        self._places = [_Place(threads) for _place in range(workers)]

    @property
    def workers(self) -> int:
        """How many jobs are done at once."""
        return len(self._places)

    def submit(self, job: Job) -> None:
        """Take a job, to be done as soon as a worker is free."""
        self._waiting.append(job)
        self._fill()

    def result(self, timeout: float) -> Outcome | None:
        """Wait up to ``timeout`` seconds for any job to end; give each outcome once."""
        futures = {place.future: place for place in self._places if place.future is not None}
        if not futures:
            return None
        done, _busy = wait(futures, timeout, FIRST_COMPLETED)
        if not done:
            return None
        outcome = futures[done.pop()].take()
        self._fill()
        return outcome

    def close(self) -> None:
        """Stop all workers at once; runs that are not finished stay resumable."""
        self._waiting.clear()
        for place in self._places:
            place.stop()

    def _fill(self) -> None:
        for place in self._places:
            if self._waiting and place.future is None:
                place.begin(self._waiting.popleft())


@final
class _Place:
    """One worker, and the job it is at."""

    def __init__(self, threads: int) -> None:
        self.future: Future[Answer] | None = None
        self._threads = threads
        self._job: Job | None = None
        self._pool: WorkerPool | None = None

    def begin(self, job: Job) -> None:
        """Hand the worker a job; start one where there is none."""
        if self._pool is None:
            self._pool = WorkerPool(1, prepare_worker, self._threads)
        self._job = job
        self.future = self._pool.submit(answer, job)

    def take(self) -> Outcome:
        """Return the outcome of the job that has ended, and be free."""
        future, job = self.future, self._job
        assert future is not None
        assert job is not None
        self.future = self._job = None
        try:
            answered = future.result()
        except BrokenProcessPool:
            self.stop()
            reason = _("its process died; it was killed, or the memory was not enough.")
            return Outcome(job, None, reason)
        return outcome(job, answered)

    def stop(self) -> None:
        """End the worker at once."""
        if self._pool is not None:
            self._pool.close()
        self.future = self._job = self._pool = None
