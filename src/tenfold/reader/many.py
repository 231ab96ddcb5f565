"""Many pictures read by several processes, in order."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from tenfold.errors import PictureError
from tenfold.imaging import PictureSource
from tenfold.reader.reading import Reading
from tenfold.reader.resilient_pool import ResilientPool, worker_died
from tenfold.reader.setup import ReaderSetup

if TYPE_CHECKING:
    from tenfold.reader.reader import Reader

__all__ = ["read_in_processes"]

# Pictures that travel together, as long as they weigh no more.
_CHUNK = 32
_CHUNK_BYTES = 4 * 2**20

Results: TypeAlias = "list[Reading | PictureError]"


def read_in_processes(
    reader: Reader, sources: Iterable[PictureSource], workers: int
) -> Generator[Reading | PictureError, None, None]:
    """Yield what ``reader`` would read, or the error of a picture that cannot be read, in order.

    Paths, bytes and arrays are read by the others, PIL images here. Some dozens of sources are
    taken ahead of what is asked for. A picture whose process dies, twice, is one that cannot be
    read.

    Raises:
        TenfoldError: if processes die whatever they read.
    """

    def here(chunk: list[PictureSource]) -> Results | None:
        return None if _can_travel(chunk[0]) else list(reader.read_many(chunk))

    made_of = (type(reader), ReaderSetup.of(reader))
    with ResilientPool(workers, _begin, made_of, _read, _lost) as crew:
        for results in crew.answers(_chunks(sources), here):
            yield from results


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


_reader: Reader | None = None


def _begin(kind: type[Reader], setup: ReaderSetup) -> None:
    global _reader
    _reader = setup.make(kind)


def _read(sources: list[PictureSource]) -> Results:
    assert _reader is not None
    return list(_reader.read_many(sources))


def _lost(source: PictureSource) -> PictureError:
    where = f"{source}: " if isinstance(source, str | PurePath) else ""
    return PictureError(where + worker_died())
