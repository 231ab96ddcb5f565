"""Whether the head of a Ray cluster is still there.

Ray ends a program some time after the head is lost, without a word; this says so before. Where the
part of Ray on the program's own machine is lost as well, Ray ends it at once, and nothing can.
"""

from __future__ import annotations

import _thread
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tenfold.errors import TenfoldError
from tenfold.language import text as _

__all__ = ["lost_cluster", "watched"]

_PERIOD = 2.0
_TRIES = 3

# Seconds for an answer: a head may be busy.
_PATIENCE = 5.0


@contextmanager
def watched(address: str | None) -> Iterator[Callable[[], bool]]:
    """Interrupt the main thread of this program if the head is lost; yield whether it was.

    A program outside the cluster is told by Ray's client, and one with a Ray of its own ends with
    it; for them nothing is done.
    """
    import ray

    if address is None or address.startswith("ray://"):
        yield lambda: False
        return
    host, _colon, port = ray.get_runtime_context().gcs_address.rpartition(":")
    ended, is_lost = threading.Event(), threading.Event()

    def look() -> None:
        failed = 0
        while failed < _TRIES and not ended.wait(_PERIOD):
            failed = 0 if _answers(host.strip("[]"), int(port)) else failed + 1
        if failed == _TRIES:
            is_lost.set()
            _thread.interrupt_main()

    threading.Thread(target=look, daemon=True).start()
    try:
        yield is_lost.is_set
    finally:
        ended.set()


def lost_cluster(address: str | None) -> TenfoldError:
    """Return the error that says so."""
    return TenfoldError(
        _(
            "The Ray cluster at {address} is lost.",
            address=address or _("this machine"),
        )
    )


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True
