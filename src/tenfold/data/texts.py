"""What stands on pictures, as a person wrote it down: a table of pictures and their texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tenfold.data.label_files import Said, read_said
from tenfold.errors import InputError
from tenfold.language import text as _

__all__ = ["PictureText", "read_texts"]

_TEXTS = ("text", "truth", "label", "number", "digits")

_NOT_READ = re.compile(r"[\s.,'-]")


@dataclass(frozen=True, slots=True)
class PictureText:
    """A picture and the digits that stand on it.

    Args:
        path: of the picture.
        lines: its lines of digits from top to bottom; none where there is no digit, and None where
            nobody says what stands on it.
    """

    path: Path
    lines: tuple[str, ...] | None = None


def read_texts(table: Path) -> list[PictureText]:
    """Read a table, or JSON, of pictures and their texts.

    The columns are told by their names: path, file or filename; text, truth or label. Lines of a
    text are separated by line ends or "/"; blanks, points, commas and dashes are not read. Tables
    of ``tenfold read --out`` are such tables.

    Args:
        table: the file; paths in it begin at its folder, or at the folder one works in.

    Raises:
        FormatError: if a column is missing, or it is neither a table nor JSON.
        InputError: if a text has anything but digits.
        StorageError: if it cannot be read.
    """
    return [_text(said, table) for said in read_said(table, _TEXTS) if said.name]


def _text(said: Said, table: Path) -> PictureText:
    told = "" if said.value is None else str(said.value)
    lines = tuple(filter(None, (_NOT_READ.sub("", line) for line in re.split(r"[\n/]", told))))
    if not all(line.isascii() and line.isdigit() for line in lines):
        raise InputError(
            _(
                "{path}: received {text!r} for {name!r}; expected digits, or nothing where there "
                "are none.",
                path=table,
                text=told[:80],
                name=said.name[:80],
            )
        )
    return PictureText(_picture(table.parent, said.name), lines)


def _picture(folder: Path, name: str) -> Path:
    """Where a picture is: beside the table, or as the table names it from where one works."""
    beside = folder / name
    return beside if beside.is_file() else Path(name)
