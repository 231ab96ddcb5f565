"""Processes that work for this one: they start clean, and end when it does."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import ModuleType, TracebackType
from typing import Any, ParamSpec, TypeVar, final

from tenfold.language import current_language, set_language

__all__ = ["WorkerPool", "core_count"]

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


def core_count() -> int:
    """Return how many of the processor's cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@final
class WorkerPool:
    """Worker processes that start when they are needed, and stop at once when asked to.

    They speak this process's language, never see a Ctrl-C, and end with this process, even if it
    is killed. Use it as a context manager, or ``close`` it.
    """

    def __init__(self, workers: int, begin: Callable[..., None], *arguments: Any) -> None:
        """Prepare ``workers`` processes, each to call ``begin(*arguments)`` when it starts."""
        context = multiprocessing.get_context("spawn")
        theirs, self._lifeline = context.Pipe(duplex=False)
        prepared = (theirs, current_language(), begin, arguments)
        self._executor = ProcessPoolExecutor(workers, context, _begin_worker, prepared)

    def submit(
        self,
        function: Callable[Parameters, Answer],
        *arguments: Parameters.args,
        **options: Parameters.kwargs,
    ) -> Future[Answer]:
        """Have ``function`` called in a worker that is free."""
        with _clean_start():
            return self._executor.submit(function, *arguments, **options)

    def close(self) -> None:
        """End all workers at once, whatever they are at."""
        self._lifeline.close()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@contextmanager
def _clean_start() -> Iterator[None]:
    """Let a process that starts meanwhile run nothing but what it is asked to.

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


def _begin_worker(
    lifeline: Connection, language: str, begin: Callable[..., None], arguments: tuple[Any, ...]
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_language(language)
    threading.Thread(target=_die_with, args=(lifeline,), daemon=True).start()
    begin(*arguments)


def _die_with(lifeline: Connection) -> None:
    """End this process when the other end of its pipe is closed, as it is when the parent dies."""
    lifeline.poll(None)
    os._exit(1)
