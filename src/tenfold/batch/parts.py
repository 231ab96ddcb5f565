"""The folder beside a table that is being made: what is asked for, and the rows so far.

``readings.parquet.parts/`` holds ``plan.json``, the list of pictures, and part after part of
the table as JSON lines; each appears whole. It goes when the table is there.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import final

import msgspec

from tenfold.batch.rows import Row, shown_path
from tenfold.errors import RunError
from tenfold.files import read_json, replacing, storage_error, write_json, write_whole
from tenfold.language import text as _

__all__ = ["PART", "Parts", "TablePlan", "hash_list"]

PART = 1024
"""Rows in a part: what is lost at most when a machine goes down."""


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What is read, and how; it decides every bit of the table.

    Args:
        pictures: how many.
        list: SHA-256 of their list.
        model: SHA-256 of the model that tells digits apart.
        finders: SHA-256 of the models that find ink, digits and signs.
        layout: the reader's.
        threshold: the reader's.
        at_accuracy: the reader's.
        signs: the reader's.
        version: Tenfold's.
        part: rows in a part.
    """

    pictures: int
    list: str
    model: str
    finders: str
    layout: str | None
    threshold: float
    at_accuracy: float | None
    signs: str
    version: str
    part: int = PART


@final
class Parts:
    """The parts of one table."""

    def __init__(self, out: Path) -> None:
        self.folder = out.with_name(out.name + ".parts")
        self._plan = self.folder / "plan.json"
        self._list = self.folder / "pictures.jsonl"

    @property
    def begun(self) -> bool:
        """Whether there is something to go on with."""
        return self._plan.is_file()

    @property
    def done(self) -> int:
        """How many parts are there; they are made in order."""
        return next(number for number in itertools.count() if not self._part(number).is_file())

    def plan(self) -> dict[str, object]:
        """Return the plan as it was written.

        Raises:
            RunError: if it is damaged.
            StorageError: if it cannot be read.
        """
        return read_json(self._plan, _("There is no plan in {folder}.", folder=self.folder))

    def write_list(self, pictures: Iterable[str]) -> tuple[int, str]:
        """Keep the list; return how many pictures are on it, and its hash.

        Raises:
            StorageError: if the disk is full or the place cannot be written.
        """
        with replacing(self._list) as file:
            return hash_list(pictures, file.write)

    def write_plan(self, plan: TablePlan) -> None:
        """Begin.

        Raises:
            StorageError: if the disk is full or the place cannot be written.
        """
        write_json(self._plan, asdict(plan))

    def pictures(self, first: int = 0) -> Iterator[str]:
        """Yield the pictures on the list, from one on."""
        with self._list.open("rb") as lines:
            for line in itertools.islice(lines, first, None):
                yield json.loads(line)

    def write(self, number: int, rows: Sequence[Row], pictures: Sequence[str]) -> None:
        """Keep a part, the rows of its pictures.

        Raises:
            RunError: if the rows are of others, or one is missing or there twice.
            StorageError: if the disk is full or the place cannot be written.
        """
        if [row["path"] for row in rows] != [shown_path(picture) for picture in pictures]:
            raise RunError(
                _(
                    "The engine gave other rows than those of part {number}'s pictures; nothing "
                    "of it was kept. Give the same command again.",
                    number=number,
                )
            )
        write_whole(self._part(number), msgspec.json.Encoder().encode_lines(rows))

    def rows(self) -> Iterator[list[Row]]:
        """Yield the rows of each part, in order.

        Raises:
            RunError: if one is damaged.
            StorageError: if one cannot be read.
        """
        decoder = msgspec.json.Decoder(Row)
        for number in range(self.done):
            path = self._part(number)
            try:
                yield decoder.decode_lines(path.read_bytes())
            except OSError as error:
                raise storage_error(path, error) from error
            except msgspec.DecodeError as error:
                raise RunError(
                    _(
                        "{path} is damaged: {reason}. Remove it and all parts after it, and give "
                        "the same command again.",
                        path=path,
                        reason=str(error).rstrip("."),
                    )
                ) from error

    def clear(self) -> None:
        """Forget what was begun; the plan goes first, for nothing counts without it."""
        for path in (self._plan, self._list):
            path.unlink(missing_ok=True)
        self.clear_parts()

    def clear_parts(self) -> None:
        """Remove all parts."""
        for path in self.folder.glob("part-*.jsonl"):
            path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _part(self, number: int) -> Path:
        return self.folder / f"part-{number:05}.jsonl"


def hash_list(pictures: Iterable[str], write: Callable[[bytes], object]) -> tuple[int, str]:
    """Give each picture's line to ``write``; return how many there are, and the SHA-256 of all."""
    digest = hashlib.sha256()
    count = 0
    for picture in pictures:
        # JSON, for a name may hold a line break, or bytes that are no characters.
        line = json.dumps(picture).encode() + b"\n"
        digest.update(line)
        write(line)
        count += 1
    return count, digest.hexdigest()
