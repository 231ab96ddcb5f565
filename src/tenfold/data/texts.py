"""What stands on pictures, as a person wrote it down: a table of pictures and their texts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tenfold.data.labels import plain_name
from tenfold.errors import InputError
from tenfold.files import storage_error
from tenfold.language import text as _

__all__ = ["PictureText", "read_texts"]

_PATHS = ("path", "file", "filename", "picture", "image", "name")
_TEXTS = ("truth", "text", "label", "number", "digits")

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
    """Read a CSV table with a column of pictures and one of their texts.

    The columns are told by their names: path, file or filename; truth, text or label. Lines of a
    text are separated by line ends or "/"; blanks, points, commas and dashes are not read. Tables
    of ``tenfold read --out`` are such tables.

    Args:
        table: the file; paths in it begin at its folder, or at the folder one works in.

    Raises:
        InputError: if a column is missing, or a text has anything but digits.
        StorageError: if it cannot be read.
    """
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            return list(_texts(csv.DictReader(file), table))
    except OSError as error:
        raise storage_error(table, error) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(_("{path} is damaged: {reason}.", path=table, reason=error)) from error


def _texts(rows: csv.DictReader[str], table: Path) -> Iterator[PictureText]:
    names = {plain_name(name): name for name in reversed(rows.fieldnames or ())}
    path, text = (
        next((names[known] for known in knowns if known in names), None)
        for knowns in (_PATHS, _TEXTS)
    )
    if path is None or text is None:
        raise InputError(
            _(
                "{path} has the columns {columns}; expected one of pictures, such as filename, "
                "and one of what stands on them, such as text.",
                path=table,
                columns=", ".join(rows.fieldnames or ()) or _("none"),
            )
        )
    for row in rows:
        told = row[text] or ""
        lines = tuple(filter(None, (_NOT_READ.sub("", line) for line in re.split(r"[\n/]", told))))
        if not all(line.isascii() and line.isdigit() for line in lines):
            raise InputError(
                _(
                    "{path}, line {line}: received {text!r}; expected digits, or nothing where "
                    "there are none.",
                    path=table,
                    line=rows.line_num,
                    text=told,
                )
            )
        if row[path]:
            yield PictureText(_picture(table.parent, row[path]), lines)


def _picture(folder: Path, name: str) -> Path:
    """Where a picture is: beside the table, or as the table names it from where one works."""
    beside = folder / name
    return beside if beside.is_file() else Path(name)
