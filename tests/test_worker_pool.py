"""Worker processes: they work, speak the language, and end when asked to or when left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from _waiting import is_gone, wait_for
from tenfold.language import current_language, set_language
from tenfold.processes import WorkerPool, core_count


def test_workers_are_told_how_to_begin_and_answer() -> None:
    with WorkerPool(1, sys.setrecursionlimit, 1234) as pool:
        assert pool.submit(sys.getrecursionlimit).result() == 1234
        assert pool.submit(os.getpid).result() != os.getpid()
    assert sys.getrecursionlimit() != 1234


def test_workers_speak_the_same_language() -> None:
    set_language("zh")
    try:
        with WorkerPool(1, int) as pool:
            assert pool.submit(current_language).result() == "zh"
    finally:
        set_language(None)


def test_an_error_comes_back_as_it_is() -> None:
    with WorkerPool(1, int) as pool, pytest.raises(ValueError, match="no number"):
        pool.submit(int, "no number").result()


def test_closing_ends_a_worker_that_is_at_work() -> None:
    with WorkerPool(1, int) as pool:
        pool.submit(os.getpid).result()
        sleeping = pool.submit(time.sleep, 1000)
        began = time.monotonic()
    assert time.monotonic() - began < 200
    assert sleeping.done()


@pytest.mark.skipif(sys.platform == "win32", reason="kills the POSIX way")
def test_workers_end_with_a_parent_that_is_killed() -> None:
    code = (
        "import os, time; from tenfold.processes import WorkerPool;"
        "pool = WorkerPool(1, int); print(pool.submit(os.getpid).result(), flush=True);"
        "pool.submit(time.sleep, 60).result()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent:
        worker = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    wait_for(lambda: is_gone(worker), seconds=30)


def test_there_is_a_core() -> None:
    assert core_count() >= 1
