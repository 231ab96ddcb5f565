"""Rows read by processes on this machine."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterable, Iterator

from tenfold.batch.row_reader import RowReader
from tenfold.batch.rows import Row, error_row
from tenfold.language import speaking
from tenfold.reader.resilient_pool import ResilientPool, worker_died
from tenfold.reader.setup import ReaderSetup

__all__ = ["CHUNK", "chunks_of", "read_by_processes", "row_crew"]

CHUNK = 32
"""Pictures that a process takes at once."""


def read_by_processes(
    setup: ReaderSetup, paths: Iterable[str], workers: int
) -> Generator[list[Row], None, None]:
    """Yield the rows of pictures in order, some at a time.

    A picture whose process dies, and again when it is read alone, has a row that says so.

    Raises:
        TenfoldError: if processes die whatever they read.
        SourceError: if the place where the pictures are does not answer.
    """
    with row_crew(setup, workers) as crew:
        yield from crew.answers(chunks_of(paths, CHUNK))


def row_crew(setup: ReaderSetup, workers: int) -> ResilientPool[str, Row]:
    """Return processes that read chunks of paths to rows."""
    model = setup.model_hash

    def lost(path: str) -> Row:
        with speaking("en"):
            return error_row(path, worker_died(), model)

    return ResilientPool(workers, _begin, (setup,), _read, lost)


def chunks_of(paths: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield the paths by ``size``, the last ones fewer."""
    rest = iter(paths)
    while chunk := list(itertools.islice(rest, size)):
        yield chunk


_reader: RowReader | None = None


def _begin(setup: ReaderSetup) -> None:
    global _reader
    _reader = RowReader(setup)


def _read(paths: list[str]) -> list[Row]:
    assert _reader is not None
    return _reader.rows(paths)
