"""Jobs in a Ray, of this machine or of many."""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from typing import Any, final

from tenfold.clusters import cluster_address, connect
from tenfold.errors import InputError
from tenfold.experiments.engines import Outcome
from tenfold.experiments.engines._answers import Answer, outcome
from tenfold.experiments.engines._health import ClusterWatch, lost, room
from tenfold.experiments.engines._transfer import do_parcel, lay_down, send, unmark
from tenfold.experiments.jobs import Job
from tenfold.language import text as _
from tenfold.processes import core_count

__all__ = ["RayEngine", "address_in", "open_engine"]

AGAIN = 3
"""How often a job is done again that was lost with its worker."""


def address_in(asked: str) -> str | None:
    """Return the cluster's address: that in ``asked``, or for "ray" alone that in RAY_ADDRESS.

    None is a Ray of this machine's own.

    Raises:
        InputError: if ``asked`` is not "ray", "ray://HOST:PORT" or "HOST:PORT".
    """
    if not re.fullmatch(r"ray|(ray://)?(\[[\da-fA-F:]+\]|[\w.-]+):\d{1,5}", asked):
        raise InputError(
            _(
                "Received the engine {asked}; expected ray, ray://HOST:PORT or HOST:PORT.",
                asked=asked,
            )
        )
    return cluster_address(asked) if asked.startswith("ray") else asked


def open_engine(address: str | None, workers: int | None, threads: int) -> RayEngine:
    """Return an engine that has joined the cluster at ``address``, or started a Ray here."""
    return RayEngine(address, workers, threads)


@dataclass(frozen=True, slots=True)
class _Try:
    """A job at work, and how often it was lost before."""

    job: Job
    losses: int = 0


@final
class RayEngine:
    """Jobs as tasks of Ray, which finds a machine with free cores for each.

    A job that is lost with its worker, because a process or a machine has died, is done again. A
    worker on this machine, or with the same file system, works in the run's folder itself and
    goes on from its checkpoint; any other sends the finished run back.
    """

    def __init__(self, address: str | None, workers: int | None, threads: int = 1) -> None:
        """Join the cluster at ``address``, or start a Ray here that ends with the engine.

        Args:
            address: "ray://HOST:PORT", "HOST:PORT", or None for this machine.
            workers: jobs at once; None is as many as there is room for.
            threads: of each job; a job takes as many of a machine's cores.

        Raises:
            MissingExtraError: if Ray is not installed.
            TenfoldError: if it cannot be joined or started, or has no room for a job.
        """
        self._address = address
        self._threads = threads
        self._limit = workers
        self._waiting: deque[_Try] = deque()
        self._at_work: dict[Any, _Try] = {}
        with ExitStack() as stack:
            stack.enter_context(connect(address, (workers or core_count()) * threads))
            import ray

            self._watch = ClusterWatch(address, threads)
            # What Ray tells of a cluster it prints on stdout, where results alone belong.
            stack.enter_context(redirect_stdout(sys.stderr))
            self._task: Any = ray.remote(num_cpus=threads, max_retries=0)(do_parcel)
            self._connection = stack.pop_all()

    @property
    def workers(self) -> int:
        """How many jobs are done at once; a cluster may grow and shrink."""
        if self._limit is not None:
            return self._limit
        with self._reached():
            return max(1, room(self._threads))

    def submit(self, job: Job) -> None:
        """Take a job, to be done as soon as there is room."""
        self._waiting.append(_Try(job))
        with self._reached():
            self._fill()

    def result(self, timeout: float) -> Outcome | None:
        """Wait up to ``timeout`` seconds for any job to end; give each outcome once.

        Raises:
            RunError: if the cluster is lost.
        """
        import ray

        if not self._at_work:
            return None
        with self._reached():
            done, _busy = ray.wait(list(self._at_work), num_returns=1, timeout=timeout)
            self._watch.look()
            found = self._take(done[0]) if done else None
            self._fill()
        return found

    def close(self) -> None:
        """Stop at once; runs that are not finished stay resumable."""
        import ray

        self._waiting.clear()
        with self._connection:
            for reference, attempt in self._at_work.items():
                unmark(attempt.job)
                # A cluster that is lost has nothing left to cancel.
                with suppress(Exception), self._reached():
                    ray.cancel(reference, force=True)
            self._at_work.clear()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Say in words that the cluster is lost."""
        import ray
        from ray import exceptions

        # Asked without a connection, Ray would start anew on this machine.
        if not ray.is_initialized():
            raise lost(self._address)
        try:
            yield
        # Ray's client has the first where its head is lost, Ray itself the others.
        except (ConnectionError, exceptions.RaySystemError, exceptions.RpcError) as error:
            raise lost(self._address) from error

    def _fill(self) -> None:
        """Hand on what waits; all of it, unless so many workers were asked for."""
        while self._waiting and (self._limit is None or len(self._at_work) < self._limit):
            attempt = self._waiting.popleft()
            self._at_work[self._task.remote(send(attempt.job), self._threads)] = attempt

    def _take(self, reference: Any) -> Outcome:
        """Return the outcome of a task that has ended; one that was lost waits again."""
        import ray
        from ray import exceptions

        attempt = self._at_work.pop(reference)
        unmark(attempt.job)
        try:
            answered: Answer = ray.get(reference)
        except exceptions.OutOfMemoryError:
            return self._again(attempt, _("the memory was not enough."))
        except (
            exceptions.WorkerCrashedError,
            exceptions.NodeDiedError,
            exceptions.ObjectLostError,
        ):
            return self._again(attempt, _("its worker was lost."))
        except exceptions.RayError as error:
            reason = str(error).strip().splitlines()[-1]
            return Outcome(
                attempt.job,
                None,
                _(
                    "a machine of the cluster cannot do it: {reason}. It needs the same versions "
                    "of Python, Ray and Tenfold.",
                    reason=reason,
                ),
            )
        lay_down(answered.run, attempt.job.run.folder)
        return self._named(outcome(attempt.job, answered), answered.node)

    def _again(self, attempt: _Try, reason: str) -> Outcome:
        again = attempt.losses < AGAIN
        if again:
            self._waiting.appendleft(_Try(attempt.job, attempt.losses + 1))
        return Outcome(attempt.job, None, reason, again=again)

    def _named(self, ended: Outcome, node: str) -> Outcome:
        """Say on which machine of a cluster a job has failed."""
        if self._address is None or not ended.error:
            return ended
        reason = _("on {node}: {reason}", node=node, reason=ended.error)
        return Outcome(ended.job, None, reason)
