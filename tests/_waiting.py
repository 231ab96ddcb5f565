"""Waiting for what another process or thread does: until it is done, however long that takes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from typing import Any, TypeVar

Found = TypeVar("Found")


def wait_for(
    find: Callable[[], Found], process: subprocess.Popen[Any] | None = None, seconds: float = 200
) -> Found:
    """Ask ``find`` until it answers something true, and return that.

    The test fails if ``process``, which is to bring it about, ends before, or after ``seconds``,
    which only a test that fails ever takes.
    """
    deadline = time.monotonic() + seconds
    while not (found := find()):
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, f"still not so after {seconds:.0f} s"
        time.sleep(0.02)
    return found


def is_gone(number: int) -> bool:
    """Return whether no process has this number, or with a minus none is of this group."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False
