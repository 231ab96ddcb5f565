"""What passes between an engine and its workers: a job's answer, as plain data."""

from __future__ import annotations

import importlib.util
import os
import threading
import traceback
from typing import Any

from tenfold.errors import TenfoldError
from tenfold.experiments.engines import Outcome
from tenfold.experiments.jobs import Job, run_job
from tenfold.files import write_whole
from tenfold.language import text as _

__all__ = ["answer", "outcome", "prepare_worker"]


def prepare_worker(threads: int) -> None:
    """Make this process ready for jobs of ``threads`` threads each."""
    # PyTorch reads this when it is imported, which is when the first job begins.
    os.environ["OMP_NUM_THREADS"] = str(threads)
    _keep_tqdm_in_here()


def answer(job: Job) -> dict[str, Any]:
    """Do a job in a worker and return its "scores", or its "error" in words.

    Not every exception can travel between processes. One that is a defect comes with its "trace".
    """
    try:
        return {"scores": run_job(job)}
    except TenfoldError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": _("the memory was not enough.")}
    except Exception as error:  # noqa: BLE001 - a defect in one job must not end the others
        return {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}


def outcome(job: Job, answered: dict[str, Any]) -> Outcome:
    """Return how a job has ended, given its answer; a defect's trace goes to ``error.txt``."""
    reason = answered.get("error", "")
    if "trace" in answered:
        place = job.run.folder / "error.txt"
        write_whole(place, answered["trace"])
        reason = _("{reason} (see {path})", reason=reason, path=place)
    return Outcome(job, answered.get("scores"), reason)


def _keep_tqdm_in_here() -> None:
    """Give tqdm, which PyTorch brings along, a lock that needs no tidying up.

    Its own is a semaphore of the system, left behind with a warning where a process is ended.
    """
    if importlib.util.find_spec("tqdm") is not None:
        importlib.import_module("tqdm").tqdm.set_lock(threading.RLock())
