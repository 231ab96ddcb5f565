"""Many pictures read by several processes, in order."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from tenfold.errors import PictureError, TenfoldError
from tenfold.imaging import PictureSource
from tenfold.language import text as _
from tenfold.models import LineModel, Model
from tenfold.processes import WorkerPool
from tenfold.reader.reading import Reading

if TYPE_CHECKING:
    from tenfold.reader.attempts import Layout
    from tenfold.reader.reader import Reader

__all__ = ["read_in_processes"]

# Pictures that travel together, as long as they weigh no more.
_CHUNK = 32
_CHUNK_BYTES = 4 * 2**20

# Chunks under way for each worker, so that none waits for work.
_AHEAD = 3

Results: TypeAlias = "list[Reading | PictureError]"


def read_in_processes(
    reader: Reader, sources: Iterable[PictureSource], workers: int
) -> Generator[Reading | PictureError, None, None]:
    """Yield what ``reader`` would read, or the error of a picture that cannot be read, in order.

    Paths, bytes and arrays are read by the others, PIL images here. Some dozens of sources are
    taken ahead of what is asked for.

    Raises:
        TenfoldError: if a process dies.
    """
    waiting: deque[Future[Results]] = deque()
    made_of = (reader.model.content, reader.lines.content, reader.layout, reader.threshold)
    with WorkerPool(workers, _begin, *made_of) as pool:
        try:
            for chunk in _chunks(sources):
                is_sent = _can_travel(chunk[0])
                waiting.append(pool.submit(_read, chunk) if is_sent else _read_here(reader, chunk))
                if len(waiting) > _AHEAD * workers:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool as error:
            raise TenfoldError(
                _(
                    "A process that read pictures died; it was killed, or the memory was not "
                    "enough. Read fewer or smaller pictures at once."
                )
            ) from error


def _chunks(sources: Iterable[PictureSource]) -> Iterator[list[PictureSource]]:
    """Sources to be handed over together; one that cannot travel is alone."""
    chunk: list[PictureSource] = []
    weight = 0
    for source in sources:
        if not _can_travel(source):
            yield from ([chunk, [source]] if chunk else [[source]])
            chunk, weight = [], 0
            continue
        chunk.append(source)
        weight += _weight(source)
        if len(chunk) == _CHUNK or weight > _CHUNK_BYTES:
            yield chunk
            chunk, weight = [], 0
    if chunk:
        yield chunk


def _can_travel(source: object) -> bool:
    """Whether another process surely gets it whole; a PIL image may be a file half read."""
    if isinstance(source, np.ndarray):
        return source.dtype.kind in "buif"
    return isinstance(source, str | PurePath | bytes | bytearray)


def _weight(source: PictureSource) -> int:
    """How many bytes travel; a path weighs nothing."""
    if isinstance(source, np.ndarray):
        return source.nbytes
    return len(source) if isinstance(source, bytes | bytearray) else 0


def _read_here(reader: Reader, sources: list[PictureSource]) -> Future[Results]:
    done: Future[Results] = Future()
    done.set_result(list(reader.read_many(sources)))
    return done


_reader: Reader | None = None


def _begin(model: bytes, lines: bytes, layout: Layout | None, threshold: float) -> None:
    """Make a worker's own reader; where all cores are at work, a network takes one."""
    from tenfold.reader.reader import Reader

    global _reader
    # Nobody set up how this process warns; what is wrong with a picture comes back as an error.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    _reader = Reader(
        Model(model, threads=1),
        layout=layout,
        threshold=threshold,
        lines=LineModel(lines, threads=1),
    )


def _read(sources: list[PictureSource]) -> Results:
    assert _reader is not None
    return list(_reader.read_many(sources))
