"""An engine at work with a board that shows it."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import final

from tenfold.errors import InputError, MissingExtraError
from tenfold.experiments._progress import Board, board_for_screen
from tenfold.experiments.engines import HERE, Engine, EngineChoice, Outcome
from tenfold.experiments.jobs import Job, run_job
from tenfold.language import text as _
from tenfold.processes import core_count

__all__ = ["JobRunner", "at_work", "do_jobs", "need_training", "worker_count"]

POLL = 0.25


@final
class JobRunner:
    """Does jobs through an engine while a board shows them."""

    def __init__(self, engine: Engine, board: Board) -> None:
        self.engine = engine
        self._board = board
        self._busy = 0

    def submit(self, job: Job) -> None:
        """Hand a job to the engine."""
        self._board.add(job)
        self._busy += 1
        self.engine.submit(job)

    def results(self) -> Iterator[Outcome]:
        """Yield outcomes as jobs end, until none is at work; more may be submitted meanwhile."""
        while self._busy:
            outcome = self.engine.result(POLL)
            if outcome is None:
                self._board.refresh()
                continue
            if outcome.again:
                self._board.again(outcome)
                continue
            self._busy -= 1
            self._board.ended(outcome)
            yield outcome

    def do(self, jobs: Iterable[Job]) -> list[Outcome]:
        """Do all of ``jobs`` and return their outcomes in the order of the jobs."""
        waiting = list(jobs)
        for job in waiting:
            self.submit(job)
        ended = {outcome.job.folder: outcome for outcome in self.results()}
        return [ended[job.folder] for job in waiting]


@contextmanager
def at_work(
    total: int, workers: int | None, threads: int, choice: EngineChoice = HERE
) -> Iterator[JobRunner]:
    """Yield a crew for ``total`` jobs; at the end, or on Ctrl-C, its workers are stopped."""
    engine = choice.open(None if workers is None else min(workers, total), threads)
    board = board_for_screen()
    try:
        board.begin(total, min(engine.workers, total))
        yield JobRunner(engine, board)
    finally:
        board.close()
        engine.close()


def do_jobs(
    jobs: list[Job], workers: int | None, choice: EngineChoice = HERE
) -> tuple[list[Outcome], float]:
    """Do what is not done of ``jobs``; return all outcomes in order, and the seconds it took.

    Finished runs are taken as they are, without an engine or PyTorch.

    Raises:
        RunError: if a folder holds a finished run of another plan.
    """
    outcomes = {job.folder: Outcome(job, run_job(job)) for job in jobs if job.run.finished}
    missing = [job for job in jobs if job.folder not in outcomes]
    if not missing:
        return [outcomes[job.folder] for job in jobs], 0.0
    if choice.address is None:
        need_training()
    began = time.monotonic()
    with at_work(len(missing), workers, missing[0].options.threads or 1, choice) as crew:
        outcomes |= {outcome.job.folder: outcome for outcome in crew.do(missing)}
    return [outcomes[job.folder] for job in jobs], time.monotonic() - began


def need_training() -> None:
    """Say in time that PyTorch is missing, not once a job.

    Raises:
        MissingExtraError: if it is.
    """
    if importlib.util.find_spec("torch") is None:
        raise MissingExtraError("train", _("Training"))


def worker_count(workers: int | None, choice: EngineChoice = HERE) -> int | None:
    """Return how many jobs to do at once: as asked for, else one for each core.

    None is as many as a cluster has room for.

    Raises:
        InputError: unless it is at least 1.
    """
    if workers is None:
        return core_count() if choice.address is None else None
    if workers < 1:
        raise InputError(_("Received {workers} workers; expected at least 1.", workers=workers))
    return workers
