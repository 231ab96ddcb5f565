"""Threads that do the work, and a waiting room that ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar, final

from tenfold.web.problems import Busy, Late

__all__ = ["RequestPool"]

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


@final
class RequestPool:
    """A thread for each core, and room for so many more to wait.

    Threads suffice: ONNX Runtime, OpenCV and Pillow give the interpreter free while they compute.

    Args:
        workers: how many threads.
        most_waiting: what waits for one, at most.
        most_seconds: for one call, waiting and working.
    """

    def __init__(self, workers: int, most_waiting: int, most_seconds: float) -> None:
        self.workers = workers
        self.most_waiting = most_waiting
        self.most_seconds = most_seconds
        self.stopping = False
        self._executor = ThreadPoolExecutor(workers, "tenfold")
        self._lock = threading.Lock()
        self._taken = 0

    @property
    def running(self) -> int:
        """How many threads are at work."""
        return min(self._taken, self.workers)

    @property
    def waiting(self) -> int:
        """How many calls wait for a thread."""
        return max(0, self._taken - self.workers)

    async def run(
        self,
        function: Callable[Parameters, Answer],
        *args: Parameters.args,
        **options: Parameters.kwargs,
    ) -> Answer:
        """Return what ``function`` gives, called in a thread with a copy of this context.

        A call that is late goes on to its end and keeps its thread until then; one that has not
        begun never does.

        Raises:
            Busy: if the waiting room is full.
            Late: if there is no answer in time.
        """
        self._enter()
        try:
            context = copy_context()
            future = self._executor.submit(lambda: context.run(function, *args, **options))
        except RuntimeError as error:
            self._leave()
            raise Busy from error
        future.add_done_callback(lambda _done: self._leave())
        try:
            async with asyncio.timeout(self.most_seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            if future.done() and not future.cancelled():
                # The function itself raised it.
                raise
            raise Late(self.most_seconds) from error

    def close(self) -> None:
        """Let what runs end, and start no more."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _enter(self) -> None:
        with self._lock:
            if self._taken >= self.workers + self.most_waiting:
                raise Busy
            self._taken += 1

    def _leave(self) -> None:
        with self._lock:
            self._taken -= 1
