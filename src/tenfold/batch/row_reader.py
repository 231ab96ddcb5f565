"""Reads pictures to rows, in whichever process it is made."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import final

from tenfold.batch.filesystems import is_remote, place_of
from tenfold.batch.rows import Row, error_row, reading_row
from tenfold.errors import PictureError, SourceError
from tenfold.language import speaking
from tenfold.language import text as _
from tenfold.reader import Reader
from tenfold.reader.setup import ReaderSetup

__all__ = ["RowReader"]

# Pictures that are fetched from another place at once, by one process.
_FETCHES = 8

# Seconds to wait before a picture that could not be fetched is asked for again.
_WAITS = (1.0, 4.0)

# From so many pictures on, none of which can be fetched, it is not the pictures.
_OUTAGE = 8


@final
class RowReader:
    """Reads pictures to rows of the schema, in order; a picture that cannot be read has its own."""

    def __init__(self, setup: ReaderSetup) -> None:
        self._reader = setup.make(Reader)
        self._folder = setup.folder
        self._model = setup.model_hash

    def rows(self, paths: Sequence[str]) -> list[Row]:
        """Return the row of each picture.

        Errors stand there in English: the table is the same wherever it is made.

        Raises:
            SourceError: if the place where the pictures are does not answer.
        """
        with speaking("en"):
            return [
                self._row(path, found)
                for path, found in zip(paths, self._fetched(paths), strict=True)
            ]

    def _row(self, path: str, found: str | bytes | OSError) -> Row:
        try:
            if isinstance(found, OSError):
                return error_row(path, _cannot_fetch(found), self._model)
            return reading_row(path, self._reader.read(found), self._model)
        except PictureError as error:
            reason = str(error)
            if isinstance(found, str):
                # The path has a column of its own, and may begin elsewhere on another machine.
                reason = reason.removeprefix(f"{found}: ")
            return error_row(path, reason, self._model)
        except MemoryError:
            return error_row(path, _("The memory was not enough."), self._model)
        except Exception as error:  # noqa: BLE001 - a defect met in one picture costs that picture
            return error_row(path, f"{type(error).__name__}: {error}", self._model)

    def _fetched(self, paths: Sequence[str]) -> Iterator[str | bytes | OSError]:
        """Each picture's path on this machine, or its bytes, or why they cannot be had."""
        remote = sum(map(is_remote, paths))
        if not remote:
            yield from (os.path.join(self._folder, path) for path in paths)  # noqa: PTH118 - text
            return
        failed = 0
        with ThreadPoolExecutor(_FETCHES) as pool:
            # Not all at once: a picture may have a quarter of a gigabyte.
            for first in range(0, len(paths), _FETCHES):
                for found in pool.map(self._fetch, paths[first : first + _FETCHES]):
                    if isinstance(found, OSError) and not isinstance(found, FileNotFoundError):
                        failed += 1
                        if failed == remote and failed >= _OUTAGE:
                            raise SourceError(_cannot_fetch(found)) from found
                    yield found

    def _fetch(self, path: str) -> str | bytes | OSError:
        if not is_remote(path):
            return os.path.join(self._folder, path)  # noqa: PTH118 - text
        place = place_of(path)
        for wait in (*_WAITS, None):
            try:
                return place.content(place.bare(path))
            except FileNotFoundError as error:
                return error
            except OSError as error:
                if wait is None:
                    return error
                time.sleep(wait)
        raise AssertionError  # The last round returns.


def _cannot_fetch(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return _("There is no such file.")
    return _("The picture cannot be fetched: {reason}.", reason=str(error).rstrip("."))
