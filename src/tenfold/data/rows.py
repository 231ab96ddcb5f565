"""Rows of small whole numbers in text, as CSV and ARFF files hold them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from tenfold.data.bounded import MAX_BYTES, check_count
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["MAX_LINE", "parse_rows"]

MAX_LINE = 1 << 16
"""The longest line that is read, in bytes; 785 numbers need about 3,000."""

_CHUNK = 1 << 22
_DROPPED = b"\r'\""
_COMMA, _NEWLINE, _ZERO = b",\n0"


def parse_rows(
    file: IO[bytes], path: Path, *, columns: int, line: int = 1, begin: bytes = b""
) -> npt.NDArray[np.uint8]:
    """Parse comma-separated lines of ``columns`` whole numbers from 0 to 255.

    Args:
        file: positioned at the start of a line.
        path: the file, for the messages.
        columns: how many numbers each line must have.
        line: the number of the first line, for the messages.
        begin: a line already taken from ``file`` that belongs before the rest.

    Returns:
        uint8 [N, columns].

    Raises:
        FormatError: naming the first line that breaks the rules.
    """
    blocks = []
    count = 0
    for block in _whole_lines(file, path, begin):
        rows = _parse_block(block, columns)
        if rows is None:
            raise _explained(block, path, columns, line)
        blocks.append(rows)
        count += len(rows)
        check_count(count, path)
        line += block.count(b"\n")
    return np.concatenate(blocks) if blocks else np.empty((0, columns), np.uint8)


def _whole_lines(file: IO[bytes], path: Path, begin: bytes) -> Iterator[bytes]:
    """Yield the file in blocks of whole lines, each block ending in a newline."""
    rest = begin
    size = 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise FormatError(
                _("{path} unpacks to more than {limit} bytes; refused.", path=path, limit=MAX_BYTES)
            )
        lines, newline, tail = (rest + chunk).rpartition(b"\n")
        if len(tail) > MAX_LINE:
            raise FormatError(
                _("{path} has a line of more than {limit} bytes.", path=path, limit=MAX_LINE)
            )
        if newline:
            yield lines + newline
        rest = tail
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def _parse_block(block: bytes, columns: int) -> npt.NDArray[np.uint8] | None:
    """Return the numbers of a block of lines, or None where a line breaks the rules."""
    block = block.translate(None, _DROPPED).lstrip(b"\n")
    while b"\n\n" in block:
        block = block.replace(b"\n\n", b"\n")
    text = np.frombuffer(block, np.uint8)
    digits = text - np.uint8(_ZERO)
    ends = np.flatnonzero((text == _COMMA) | (text == _NEWLINE))
    lengths = np.diff(ends, prepend=-1) - 1
    others = len(text) - len(ends) - np.count_nonzero(digits <= 9)
    if (
        others
        or len(ends) % columns
        or (len(ends) and not 1 <= lengths.min() <= lengths.max() <= 3)
    ):
        return None
    separators = text[ends].reshape(-1, columns)
    if (separators[:, -1] != _NEWLINE).any() or (separators[:, :-1] != _COMMA).any():
        return None
    values = digits[ends - 1].astype(np.uint16)
    for place, weight in ((2, 10), (3, 100)):
        at = np.flatnonzero(lengths >= place)
        values[at] += digits[ends[at] - place] * np.uint16(weight)
    if len(values) and values.max() > 255:
        return None
    return values.astype(np.uint8).reshape(-1, columns)


def _explained(block: bytes, path: Path, columns: int, first: int) -> FormatError:
    """Find the first line that breaks the rules and say how."""
    for number, line in enumerate(block.splitlines(), first):
        fields = line.translate(None, _DROPPED).split(b",")
        if fields == [b""]:
            continue
        if len(fields) != columns:
            return FormatError(
                _(
                    "{path}, line {line}: received {count} columns; expected {expected}.",
                    path=path,
                    line=number,
                    count=len(fields),
                    expected=columns,
                )
            )
        for at, value in enumerate(fields, 1):
            if not (value.isdigit() and len(value) <= 3 and int(value) <= 255):
                return FormatError(
                    _(
                        "{path}, line {line}, column {column}: received {value!r}; "
                        "expected a whole number from 0 to 255.",
                        path=path,
                        line=number,
                        column=at,
                        value=value[:20].decode("ascii", "backslashreplace"),
                    )
                )
    return FormatError(_("{path} is damaged: {reason}.", path=path, reason="?"))
