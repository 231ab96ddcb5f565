"""What passes between an engine and its workers: a job's answer, as plain data."""

from __future__ import annotations

import importlib.util
import os
import threading
import traceback

import msgspec

from tenfold.errors import TenfoldError
from tenfold.experiments.engines import Outcome
from tenfold.experiments.jobs import Job, run_job
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.records import RunScores

__all__ = ["Answer", "answer", "outcome", "prepare_worker"]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How a job has ended in a worker.

    Args:
        scores: what ``run_job`` gave, or none if the job failed.
        error: why it failed, for a person; not every exception can travel between processes.
        trace: of a defect.
        node: the machine that did it, where that is another.
        run: the finished run's folder, packed, where the driver's is not seen from there.
    """

    scores: RunScores | None = None
    error: str = ""
    trace: str = ""
    node: str = ""
    run: bytes = b""


def prepare_worker(threads: int) -> None:
    """Make this process ready for jobs of ``threads`` threads each."""
    # PyTorch reads this when it is imported, which is when the first job begins.
    os.environ["OMP_NUM_THREADS"] = str(threads)
    _keep_tqdm_in_here()


def answer(job: Job) -> Answer:
    """Do a job in a worker, and return how it ended."""
    try:
        return Answer(scores=run_job(job))
    except TenfoldError as error:
        return Answer(error=str(error))
    except MemoryError:
        return Answer(error=_("the memory was not enough."))
    except Exception as error:  # noqa: BLE001 - a defect in one job must not end the others
        return Answer(error=f"{type(error).__name__}: {error}", trace=traceback.format_exc())


def outcome(job: Job, answered: Answer) -> Outcome:
    """Return how a job has ended, given its answer; a defect's trace goes to ``error.txt``."""
    reason = answered.error
    if answered.trace:
        place = job.run.folder / "error.txt"
        write_whole(place, answered.trace)
        reason = _("{reason} (see {path})", reason=reason, path=place)
    return Outcome(job, answered.scores, reason)


def _keep_tqdm_in_here() -> None:
    """Give tqdm, which PyTorch brings along, a lock that needs no tidying up.

    Its own is a semaphore of the system, left behind with a warning where a process is ended.
    """
    if importlib.util.find_spec("tqdm") is not None:
        importlib.import_module("tqdm").tqdm.set_lock(threading.RLock())
