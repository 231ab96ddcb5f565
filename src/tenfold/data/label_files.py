"""What files of their own say of pictures: tables (CSV, TSV) and JSON, by name or by order."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenfold.data.bounded import head, opened, read_whole
from tenfold.data.endings import PICTURE_ENDINGS
from tenfold.data.labels import digit_named, plain_name
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["Label", "Said", "is_label_file", "read_label_file", "read_said"]

_MAX_BYTES = 1 << 25
_HEAD = 1 << 12
_FILES = frozenset(
    (
        *("file", "filename", "filepath", "fname", "path", "name", "id"),
        *("image", "imagename", "imagefile", "imagepath", "img", "picture"),
    )
)
_LABELS = (
    *("label", "labels", "class", "classid", "category", "digit", "number", "target", "truth"),
    "y",
)
_SPLITS = frozenset(("split", "set", "subset", "usage"))
_OBJECT = re.compile(rb'\s*(?:\[\s*)?\{\s*"')
_BY_NUMBER = re.compile(rb'\s*\{\s*"[0-9]+"\s*:\s*"?[0-9]"?\s*[,}]')


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of one picture, as it stands there.

    Args:
        name: the picture's name; empty where pictures are told by order.
        value: what is said of it: a text, or in JSON anything.
        split: what the file says of the split; empty where it says nothing.
    """

    name: str
    value: Any
    split: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """What a file says of one picture.

    Args:
        name: the picture's name as it stands there; empty where labels are told by order.
        digit: 0 to 9.
        split: what the file says of the split; empty where it says nothing.
    """

    name: str
    digit: int
    split: str = ""


def is_label_file(path: Path) -> bool:
    """Return whether ``path`` begins as a table or as JSON that names pictures and labels."""
    start = head(path, _HEAD)
    if path.suffix.lower() in (".json", ".jsonl"):
        named = bool(_OBJECT.match(start)) and _speaks_of_pictures(start)
        return named or bool(_BY_NUMBER.match(start))
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return False
    try:
        rows = list(_rows(start[: start.rfind(b"\n")].decode("utf-8-sig", "replace")))
        return bool(rows) and _columns(rows[0], _LABELS) is not None
    except csv.Error:
        return False


def read_label_file(path: Path) -> list[Label]:
    """Read which digit ``path`` says each picture is, in its order.

    Raises:
        FormatError: naming the line or entry that is no label.
        StorageError: if it cannot be read.
    """
    return [_label(said, path) for said in read_said(path, _LABELS)]


def read_said(path: Path, wanted: Sequence[str]) -> list[Said]:
    """Read what ``path`` says of each picture, in its order.

    Args:
        path: a table, or where its name ends so, JSON or lines of JSON.
        wanted: the names that a column of what is said may have, the best first, in small letters.

    Raises:
        FormatError: if it is neither, or has no such column.
        StorageError: if it cannot be read.
    """
    with opened(path) as file:
        content = read_whole(file, path, _MAX_BYTES)
    if path.suffix.lower() in (".json", ".jsonl"):
        return list(_entries(_parsed(content, path), wanted, path))
    try:
        rows = list(_rows(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise FormatError(
            _("{path} is not UTF-8 text: {reason}.", path=path, reason=error)
        ) from error
    except csv.Error as error:
        raise FormatError(_("{path} is damaged: {reason}.", path=path, reason=error)) from error
    return _of_rows(rows, wanted, path)


def _speaks_of_pictures(start: bytes) -> bool:
    lowered = start.lower()
    if b'"label"' in lowered:
        return True
    return any(f'{ending}"'.encode() in lowered for ending in PICTURE_ENDINGS)


def _rows(text: str) -> Iterator[list[str]]:
    """Yield the rows that are not empty; the first line tells what separates the columns."""
    line = text.partition("\n")[0]
    separator = next((mark for mark in ",;\t " if mark in line), ",")
    for row in csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True):
        if any(cell.strip() for cell in row):
            yield [cell.strip() for cell in row]


def _columns(row: list[str], wanted: Sequence[str]) -> tuple[int, int, int | None, bool] | None:
    """Return where the name, what is said and the split stand, and whether it is a header."""
    names = [plain_name(cell) for cell in row]
    files = [at for at, name in enumerate(names) if name in _FILES]
    labels = [at for at, name in enumerate(names) if name in wanted]
    if files and labels:
        # "id" beside "filename" is a number of the row.
        best = next((at for at in files if names[at] != "id"), files[0])
        split = next((at for at, name in enumerate(names) if name in _SPLITS), None)
        return best, min(labels, key=lambda at: wanted.index(names[at])), split, True
    pictures = [at for at, cell in enumerate(row) if cell.lower().endswith(PICTURE_ENDINGS)]
    digits = [at for at, cell in enumerate(row) if digit_named(cell) is not None]
    if len(row) == 2 and len(pictures) == len(digits) == 1:
        return pictures[0], digits[0], None, False
    return None


def _of_rows(rows: list[list[str]], wanted: Sequence[str], path: Path) -> list[Said]:
    columns = _columns(rows[0], wanted) if rows else None
    if columns is None:
        raise FormatError(
            _(
                "{path} names no pictures and labels; expected a header such as filename,{label}.",
                path=path,
                label=wanted[0],
            )
        )
    name, label, split, header = columns
    found = []
    for number, row in enumerate(rows[header:], 1 + header):
        if len(row) <= max(name, label):
            raise FormatError(
                _(
                    "{path}, line {line}: received {count} columns; expected {expected}.",
                    path=path,
                    line=number,
                    count=len(row),
                    expected=len(rows[0]),
                )
            )
        told = row[split] if split is not None and split < len(row) else ""
        found.append(Said(row[name], row[label], told))
    return found


def _parsed(content: bytearray, path: Path) -> Any:
    try:
        if path.suffix.lower() == ".jsonl":
            return [json.loads(line) for line in content.splitlines() if line.strip()]
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FormatError(_("{path} is no JSON: {reason}.", path=path, reason=error)) from error


def _entries(content: Any, wanted: Sequence[str], path: Path) -> Iterator[Said]:
    """Yield what each entry says; a list of values alone has no names."""
    if isinstance(content, dict) and len(content) == 1:
        (inner,) = content.values()
        content = inner if isinstance(inner, list | dict) else content
    if isinstance(content, dict):
        yield from (Said(name, value) for name, value in content.items())
    elif isinstance(content, list):
        for entry in content:
            is_object = isinstance(entry, dict)
            yield _of_object(entry, wanted, path) if is_object else Said("", entry)
    else:
        raise FormatError(_("{path} is no list of labels; expected digits 0 to 9.", path=path))


def _of_object(entry: dict[str, Any], wanted: Sequence[str], path: Path) -> Said:
    plain = {plain_name(key): value for key, value in entry.items()}
    names = [key for key in sorted(plain, key=lambda key: key == "id") if key in _FILES]
    labels = [key for key in wanted if key in plain]
    if not names or not labels:
        raise FormatError(
            _(
                "{path} has an entry of {keys}; expected file and {label}.",
                path=path,
                keys=", ".join(entry)[:200],
                label=wanted[0],
            )
        )
    split = next((str(plain[key]) for key in plain if key in _SPLITS), "")
    return Said(str(plain[names[0]]), plain[labels[0]], split)


def _label(said: Said, path: Path) -> Label:
    """Check one label: a whole number, or a word that means one; True is an int to Python."""
    digit, label = None, said.value
    if isinstance(label, int | float | str) and not isinstance(label, bool):
        digit = digit_named(re.sub(r"\.0+$", "", str(label)))
    if digit is None:
        raise FormatError(
            _(
                "{path}: label {label!r} of {name!r} is not a digit; expected 0 to 9.",
                path=path,
                label=str(label)[:40],
                name=said.name[:80],
            )
        )
    return Label(said.name, digit, said.split)
