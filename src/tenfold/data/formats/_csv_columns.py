"""Which columns of a table hold pixels and which the label: told by names, else by evidence.

A table without names is told by what its first and its last column hold. Labels are whole numbers
0 to 9; the other end is a corner of all pictures, which is nearly always paper, one value all the
way down. Where that does not settle it, the table is refused, and whoever has it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tenfold.data.images import CLASSES, SIZE
from tenfold.data.rows import Rows, is_number
from tenfold.errors import FormatError, InputError
from tenfold.language import text as _

__all__ = [
    "LABELS",
    "Columns",
    "check_width",
    "columns_by_evidence",
    "columns_by_names",
    "is_header",
]

LABELS = frozenset({"label", "labels", "class", "target", "y", "digit", "number"})
"""Names by which a column of labels goes, in any case."""

_PIXELS = SIZE * SIZE
_INDEX = re.compile(r"|unnamed: ?\d+|index|(image|row)?[ _]?id")
_NUMBERED = re.compile(r"(\D*)(\d{1,4})(?:([^\d]+)(\d{1,2}))?")
_CONSTANT = 0.9


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table holds what it holds, counted from 0.

    Args:
        pixels: the 784 columns of pixels in the order of the picture, row by row.
        label: the column of labels; None where there is none.
    """

    pixels: Sequence[int]
    label: int | None


def is_header(cells: list[bytes]) -> bool:
    """Return whether a table's first line names its columns, if only by counting them."""
    numbers = [int(cell) for cell in cells if cell.isdigit() and len(cell) <= 4]
    counts = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
    words = sum(not is_number(cell) for cell in cells)
    return counts and words + len(numbers) == len(cells) and (words > 0 or len(numbers) > CLASSES)


def check_width(count: int, path: Path) -> None:
    """Refuse a table without names that has no 784 pixels, with a label and an index or without.

    Raises:
        FormatError: naming the count.
    """
    if not 0 <= count - _PIXELS <= 2:
        raise FormatError(
            _(
                "{path}, line {line}: received {count} columns; expected {expected}.",
                path=path,
                line=1,
                count=count,
                expected=_PIXELS + 1,
            )
            + _one_hot(count - _PIXELS)
        )


def columns_by_names(names: list[str], path: Path, asked: str | None) -> Columns | None:
    """Return what the names of a header tell; None where they do not tell the label.

    Args:
        names: of all columns, in lower case.
        path: the file, for the messages.
        asked: the label's column as a user names it; None for none.

    Raises:
        FormatError: if there are no 784 columns of pixels, or several that may be the label.
    """
    pixels = _numbered(names)
    index = [at for at, name in enumerate(names) if _INDEX.fullmatch(name)]
    others = sorted({*range(len(names))}.difference(pixels))
    if asked is not None:
        label = _asked(asked, names, index, path)
        pixels = pixels or [at for at in range(len(names)) if at not in {label, *index}]
        return Columns(_checked([at for at in pixels if at != label], names, path), label)
    if not pixels:
        known = [at for at, name in enumerate(names) if name in LABELS]
        rest = [at for at in others if at not in {*known, *index}]
        if len(known) <= 1 and len(rest) == _PIXELS and not _partly_numbered(names):
            return Columns(rest, known[0] if known else None)
        if len(rest) == _PIXELS + 1:
            return None
        raise _unfit(names, path)
    labels = [at for at in others if at not in index]
    if len(labels) > 1:
        raise _several(labels, names, path)
    return Columns(pixels, labels[0] if labels else None)


def columns_by_evidence(rows: Rows, path: Path, asked: str | None) -> Columns:
    """Return what the rows of a table without telling names are evidence of.

    Args:
        rows: [N, columns], N at least 1.
        path: the file, for the messages.
        asked: the label's column as a user names it; None for none.

    Raises:
        FormatError: if the count of columns is another, or the evidence does not settle it.
    """
    count = rows.shape[1]
    index = [0] if count > _PIXELS and _counts_rows(rows, count) else []
    rest = [at for at in range(count) if at not in index]
    if asked is not None:
        label = _asked(asked, [], index, path, count)
        return Columns(_checked([at for at in rest if at != label], [], path), label)
    if len(rest) == _PIXELS:
        return Columns(rest, None)
    if len(rest) != _PIXELS + 1:
        raise _unfit([""] * count, path)
    likely = [at for at in (rest[0], rest[-1]) if _like_labels(rows[:, at])]
    if len(likely) > 1:
        likely = [at for at in likely if _commonest(rows[:, at]) <= _CONSTANT]
    if len(likely) != 1:
        raise _unclear(rows, rest[0], path)
    return Columns([at for at in rest if at != likely[0]], likely[0])


def _numbered(names: list[str]) -> list[int]:
    """Return the columns whose names count 784 pixels, in the order of their numbers, or none."""
    for numbered in _groups(names):
        ordered = sorted(numbered)
        (top, left), (bottom, right) = ordered[0], ordered[-1]
        if len(ordered) == _PIXELS == (bottom - top + 1) * (right - left + 1):
            return [numbered[numbers] for numbers in ordered]
    return []


def _partly_numbered(names: list[str]) -> bool:
    """Return whether names count pixels, but not 784 of them."""
    return any(_PIXELS // 2 < len(numbered) < _PIXELS for numbered in _groups(names))


def _groups(names: list[str]) -> list[dict[tuple[int, int], int]]:
    """Return for each spelling of numbered names, as pixel7 or 1x7, the columns by number."""
    groups: dict[tuple[str, str | None], dict[tuple[int, int], int]] = {}
    for at, name in enumerate(names):
        if found := _NUMBERED.fullmatch(name):
            numbers = int(found[2]), int(found[4] or 0)
            groups.setdefault((found[1], found[3]), {})[numbers] = at
    return list(groups.values())


def _asked(
    asked: str, names: list[str], index: list[int], path: Path, count: int | None = None
) -> int:
    """Return the column that a user names: by its name, as first or last, or by its number."""
    total = len(names) if count is None else count
    ends = [at for at in range(total) if at not in index] or [0]
    if asked.lower() in names:
        return names.index(asked.lower())
    if asked.lower() in ("first", "last"):
        return ends[0 if asked.lower() == "first" else -1]
    if asked.isdecimal() and 1 <= int(asked) <= total:
        return int(asked) - 1
    raise InputError(
        _(
            "{path} has no column {asked!r} for labels; expected first, last, a number from 1 to "
            "{count}, or a name in its header (--label-column, label_column=).",
            path=path,
            asked=asked,
            count=total,
        )
    )


def _counts_rows(rows: Rows, count: int) -> bool:
    """Return whether the first column numbers the rows, as pandas's index does."""
    first = rows[:, 0]
    if count > _PIXELS + 1:
        return len(np.unique(first)) == len(first)
    return len(first) > CLASSES and bool((np.diff(first) == 1).all())


def _like_labels(column: Rows) -> bool:
    """Return whether a column holds nothing but 0 to 9, and not nearly always 0 as paper does."""
    whole = (column == np.floor(column)) & (column < CLASSES)
    return bool(whole.all() and (column == 0).mean() <= _CONSTANT)


def _commonest(column: Rows) -> float:
    """Return the share of a column's most frequent value."""
    return float(np.bincount(column.astype(np.int64)).max() / len(column))


def _checked(pixels: list[int], names: list[str], path: Path) -> list[int]:
    if len(pixels) == _PIXELS:
        return pixels
    raise _unfit(names or [""] * (len(pixels) + 1), path)


def _unfit(names: list[str], path: Path) -> FormatError:
    """Say what a table has that is no label and 784 pixels."""
    if any(names):
        message = _(
            "{path} has a header of {count} columns, from {first!r} to {last!r}; "
            "expected label and 784 pixels.",
            path=path,
            count=len(names),
            first=names[0][:40],
            last=names[-1][:40],
        )
    else:
        message = _(
            "{path} has {count} columns; expected label and 784 pixels.",
            path=path,
            count=len(names),
        )
    return FormatError(message + _one_hot(len(names) - _PIXELS))


def _several(labels: list[int], names: list[str], path: Path) -> FormatError:
    shown = ", ".join(names[at][:40] for at in labels[:CLASSES])
    message = _(
        "{path} has {count} columns besides its pixels ({names}); expected one, the label. Say "
        "which it is: --label-column NAME (label_column=).",
        path=path,
        count=len(labels),
        names=shown,
    )
    return FormatError(message + _one_hot(len(labels)))


def _one_hot(others: int) -> str:
    if others != CLASSES:
        return ""
    return " " + _("Ten columns for one label (one-hot) are not read; write the digit instead.")


def _unclear(rows: Rows, first: int, path: Path) -> FormatError:
    ranges = [f"{rows[:, at].min():g}-{rows[:, at].max():g}" for at in (first, -1)]
    return FormatError(
        _(
            "{path} does not show which column holds the labels: the first holds {first}, the "
            "last {last}; expected 0 to 9 in one of them. Say which it is: --label-column first "
            "or last (label_column=), or for all time: "
            "tenfold data convert {path} COPY.csv --label-column last",
            path=path,
            first=ranges[0],
            last=ranges[1],
        )
    )
