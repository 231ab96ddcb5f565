"""Jobs in processes on this machine."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any, final

from tenfold.errors import TenfoldError
from tenfold.experiments.engines import Outcome
from tenfold.experiments.jobs import Job, run_job
from tenfold.files import write_whole
from tenfold.language import current_language, set_language
from tenfold.language import text as _

__all__ = ["ProcessEngine", "core_count"]


def core_count() -> int:
    """Return how many of the processor's cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
    """One worker, the job it is at, and the pipe by which it lives."""

    def __init__(self, threads: int) -> None:
        self.future: Future[dict[str, Any]] | None = None
        self._threads = threads
        self._job: Job | None = None
        self._executor: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None

    def begin(self, job: Job) -> None:
        """Hand the worker a job; start one where there is none."""
        if self._executor is None:
            context = multiprocessing.get_context("spawn")
            theirs, self._lifeline = context.Pipe(duplex=False)
            self._executor = ProcessPoolExecutor(
                1, context, _begin_worker, (theirs, self._threads, current_language())
            )
        self._job = job
        with _clean_start():
            self.future = self._executor.submit(_do, job)

    def take(self) -> Outcome:
        """Return the outcome of the job that has ended, and be free."""
        future, job = self.future, self._job
        assert future is not None
        assert job is not None
        self.future = self._job = None
        try:
            answer = future.result()
        except BrokenProcessPool:
            self.stop()
            reason = _("its process died; it was killed, or the memory was not enough.")
            return Outcome(job, None, reason)
        return Outcome(job, answer.get("scores"), answer.get("error", ""))

    def stop(self) -> None:
        """End the worker at once."""
        if self._lifeline is not None:
            self._lifeline.close()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        self.future = self._job = self._executor = self._lifeline = None


@contextmanager
def _clean_start() -> Iterator[None]:
    """Let a process that starts meanwhile run nothing but jobs.

    It does not import the program's main module again, so that a script needs no
    ``if __name__ == "__main__"`` around it; and it never sees a Ctrl-C, for its parent ends it.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    masked = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masked else set()
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        if masked:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker(lifeline: Connection, threads: int, language: str) -> None:
    """Prepare a worker: its threads, its language, and the watch on its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # PyTorch reads this when it is imported, which is when the first job begins.
    os.environ["OMP_NUM_THREADS"] = str(threads)
    set_language(language)
    _keep_tqdm_in_here()
    threading.Thread(target=_die_with, args=(lifeline,), daemon=True).start()


def _keep_tqdm_in_here() -> None:
    """Give tqdm, which the export of models brings along, a lock that needs no tidying up.

    Its own is a semaphore of the system, left behind with a warning where a process is ended.
    """
    if importlib.util.find_spec("tqdm") is not None:
        importlib.import_module("tqdm").tqdm.set_lock(threading.RLock())


def _die_with(lifeline: Connection) -> None:
    """End this process when the other end of its pipe is closed, as it is when the parent dies."""
    lifeline.poll(None)
    os._exit(1)


def _do(job: Job) -> dict[str, Any]:
    """Do a job in a worker; an error comes back as words, for not every exception can travel."""
    try:
        return {"scores": run_job(job)}
    except TenfoldError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": _("the memory was not enough.")}
    except Exception as error:  # noqa: BLE001 - a defect in one job must not end the others
        place = job.run.folder / "error.txt"
        write_whole(place, traceback.format_exc())
        reason = f"{type(error).__name__}: {error}"
        return {"error": _("{reason} (see {path})", reason=reason, path=place)}
