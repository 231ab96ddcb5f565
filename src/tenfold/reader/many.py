"""Many pictures read by several processes, in order."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterable, Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from tenfold.errors import PictureError
from tenfold.imaging import PictureSource
from tenfold.models import LineModel, Model
from tenfold.reader.reading import Reading
from tenfold.reader.resilient_pool import ResilientPool, worker_died

if TYPE_CHECKING:
    from tenfold.reader.attempts import Layout
    from tenfold.reader.reader import Reader

__all__ = ["read_in_processes", "reader_of"]

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

    made_of = (
        type(reader),
        reader.model.content,
        reader.lines.content,
        reader.layout,
        reader.threshold,
    )
    with ResilientPool(workers, _begin, made_of, _read, _lost) as crew:
        for results in crew.answers(_chunks(sources), here):
            yield from results


def reader_of(
    kind: type[Reader], model: bytes, lines: bytes, layout: Layout | None, threshold: float
) -> Reader:
    """Make a worker's own reader; where all cores are at work, a network takes one."""
    # All cores are at work already; OpenCV would start a thread for each of them.
    cv2.setNumThreads(1)
    # Nobody set up how this process warns; what is wrong with a picture comes back as an error.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    return kind(
        Model(model, threads=1),
        layout=layout,
        threshold=threshold,
        lines=LineModel(lines, threads=1),
    )


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


def _begin(
    kind: type[Reader], model: bytes, lines: bytes, layout: Layout | None, threshold: float
) -> None:
    global _reader
    _reader = reader_of(kind, model, lines, layout, threshold)


def _read(sources: list[PictureSource]) -> Results:
    assert _reader is not None
    return list(_reader.read_many(sources))


def _lost(source: PictureSource) -> PictureError:
    where = f"{source}: " if isinstance(source, str | PurePath) else ""
    return PictureError(where + worker_died())
