"""Worker processes of which one may die, and costs what it was at alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Generic, TypeVar, final

from tenfold.errors import TenfoldError
from tenfold.language import text as _
from tenfold.processes import WorkerPool

__all__ = ["ResilientPool", "worker_died"]

# Chunks under way for each worker, so that none waits for work.
_AHEAD = 3

# From so many sources on that end their process, each alone, it is not the sources.
_DEAD_IN_A_ROW = 8

Source = TypeVar("Source")
Answer = TypeVar("Answer")


@final
class ResilientPool(Generic[Source, Answer]):
    """Worker processes that take chunks of sources and give an answer for each source, in order.

    A source whose worker dies costs that source alone: what was under way is done again one by
    one, and the source with which a worker dies again gets its own answer. Use it as a context
    manager.

    Args:
        workers: how many processes.
        begin: what each calls when it starts, with ``arguments``.
        arguments: for ``begin``.
        work: what is done with a chunk.
        lost: the answer for a source that ends its process.
    """

    def __init__(
        self,
        workers: int,
        begin: Callable[..., None],
        arguments: tuple[Any, ...],
        work: Callable[[list[Source]], list[Answer]],
        lost: Callable[[Source], Answer],
    ) -> None:
        self._workers = workers
        self._begin = (begin, *arguments)
        self._work = work
        self._lost = lost
        self._pool = WorkerPool(workers, *self._begin)
        self._dead_in_a_row = 0

    def answers(
        self,
        chunks: Iterable[list[Source]],
        here: Callable[[list[Source]], list[Answer] | None] = lambda _chunk: None,
    ) -> Generator[list[Answer], None, None]:
        """Yield the answers to each chunk; some are taken ahead of what is asked for.

        Args:
            chunks: not empty, any two of them.
            here: answers a chunk in this process, or says None.

        Raises:
            TenfoldError: if processes die whatever they are given.
        """
        waiting: deque[tuple[list[Source], Future[list[Answer]]]] = deque()
        for chunk in chunks:
            waiting.append((chunk, self._done(here(chunk)) or self._submit(chunk)))
            if len(waiting) > _AHEAD * self._workers:
                yield self._result(*waiting.popleft())
        while waiting:
            yield self._result(*waiting.popleft())

    def close(self) -> None:
        """End all workers at once."""
        self._pool.close()

    def __enter__(self) -> ResilientPool[Source, Answer]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @staticmethod
    def _done(answers: list[Answer] | None) -> Future[list[Answer]] | None:
        if answers is None:
            return None
        done: Future[list[Answer]] = Future()
        done.set_result(answers)
        return done

    def _submit(self, chunk: list[Source]) -> Future[list[Answer]]:
        try:
            return self._pool.submit(self._work, chunk)
        except BrokenProcessPool:
            # Others of its chunks say so, too, when their turn comes.
            self._pool.close()
            self._pool = WorkerPool(self._workers, *self._begin)
            return self._pool.submit(self._work, chunk)

    def _result(self, chunk: list[Source], future: Future[list[Answer]]) -> list[Answer]:
        try:
            return future.result()
        except BrokenProcessPool:
            return self._one_by_one(chunk)

    def _one_by_one(self, chunk: list[Source]) -> list[Answer]:
        """Give each source to a process that is at nothing else, to learn which one ends it."""
        answers: list[Answer] = []
        pool: WorkerPool | None = None
        try:
            for source in chunk:
                try:
                    pool = pool or self._pool_of_one()
                    answers += pool.submit(self._work, [source]).result()
                    self._dead_in_a_row = 0
                except BrokenProcessPool as error:
                    self._count_death(error)
                    answers.append(self._lost(source))
                    if pool is not None:
                        pool.close()
                    pool = None
        finally:
            if pool is not None:
                pool.close()
        return answers

    def _pool_of_one(self) -> WorkerPool:
        pool = WorkerPool(1, *self._begin)
        try:
            pool.submit(_nothing).result()
        except BrokenProcessPool as error:
            pool.close()
            raise _all_died() from error
        return pool

    def _count_death(self, error: BrokenProcessPool) -> None:
        self._dead_in_a_row += 1
        if self._dead_in_a_row >= _DEAD_IN_A_ROW:
            raise _all_died() from error


def worker_died() -> str:
    """Say what became of a picture whose process died, twice."""
    return _("The process that read it died, twice: the memory was not enough, or it was killed.")


def _all_died() -> TenfoldError:
    return TenfoldError(
        _(
            "The processes that read pictures die one after another; they are killed, or the "
            "memory is not enough. Read with fewer processes, or free some memory."
        )
    )


def _nothing() -> None:
    """Show that a worker has begun."""
