"""Whether a Ray cluster is still there, and has a machine with room for the jobs."""

from __future__ import annotations

import socket
import time
from typing import Any, final

from tenfold.errors import InputError, RunError
from tenfold.language import text as _

__all__ = ["ClusterWatch", "lost", "room"]

PERIOD = 2.0
TRIES = 3
PATIENCE = 120.0
"""Seconds that jobs wait for a machine when all are gone."""


@final
class ClusterWatch:
    """Looks after a cluster while jobs are at work in it.

    Ray itself ends the program some time after its head is lost, without a word to it; this looks
    more often, and says so.
    """

    def __init__(self, address: str | None, threads: int) -> None:
        """Watch the cluster that this process is connected to.

        Raises:
            InputError: if no machine of it has room for a job of ``threads`` threads.
        """
        import ray

        self._address = address
        self._threads = threads
        self._head: tuple[str, int] | None = None
        # Through Ray's client the head's own port need not be reachable; the client tells.
        if not (address or "").startswith("ray://"):
            host, _colon, port = ray.get_runtime_context().gcs_address.rpartition(":")
            self._head = (host.strip("[]"), int(port))
        self._failed = 0
        self._looked = self._had_room = time.monotonic()
        if not room(threads):
            cores = _cores()
            raise InputError(
                _(
                    "Received {threads} threads; of {count} machines in the cluster the largest "
                    "has {largest:.0f} cores for jobs. Start a machine that has more with: "
                    "ray start --address HOST:PORT",
                    threads=threads,
                    count=len(cores),
                    largest=max(cores, default=0.0),
                )
            )

    def look(self) -> None:
        """Look at the cluster again, where that is due.

        Raises:
            RunError: if its head is lost, or all machines that have room for a job.
        """
        import ray

        now = time.monotonic()
        if now - self._looked < PERIOD:
            return
        self._looked = now
        if not ray.is_initialized():
            raise lost(self._address)
        if not self._head_answers():
            self._failed += 1
            if self._failed >= TRIES:
                raise lost(self._address)
            return
        self._failed = 0
        if room(self._threads):
            self._had_room = now
        elif now - self._had_room > PATIENCE:
            raise RunError(
                _(
                    "All machines of the cluster with {threads} cores are gone. Start some and "
                    "give the same command again: it goes on with what is missing.",
                    threads=self._threads,
                )
            )

    def _head_answers(self) -> bool:
        if self._head is None:
            return True
        try:
            socket.create_connection(self._head, timeout=PERIOD).close()
        except OSError:
            return False
        return True


def room(threads: int) -> int:
    """Return how many jobs of ``threads`` threads the cluster has room for, all else at rest."""
    return sum(int(cores // threads) for cores in _cores())


def lost(address: str | None) -> RunError:
    """Return the error that tells that the cluster is gone."""
    return RunError(
        _(
            "The connection to the Ray cluster at {address} is lost. Give the same command again "
            "when it is back, or with another engine: it goes on with what is missing.",
            address=address or _("this machine"),
        )
    )


def _cores() -> list[float]:
    """The cores of each machine that is alive."""
    import ray

    nodes: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]  # Ray has it so
    return [float(node["Resources"].get("CPU", 0)) for node in nodes if node["Alive"]]
