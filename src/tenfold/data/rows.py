"""Rows of numbers in text, as CSV and ARFF files hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tenfold.data.bounded import MAX_BYTES, check_count
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["MAX_LINE", "Rows", "cells_of", "is_number", "parse_rows", "separator_of"]

MAX_LINE = 1 << 16
"""The longest line that is read, in bytes; 785 numbers need about 3,000."""

Rows: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.float32]

_CHUNK = 1 << 22
_QUOTES = b"\r'\""
_COMMA, _NEWLINE, _ZERO = b",\n0"
_SPACES = re.compile(rb" *([,\n]) *")
_NUMBER = re.compile(rb"(\d{1,7}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,3})?")
_DIGITS = 7
_LARGEST = 10**_DIGITS


def separator_of(line: bytes) -> bytes:
    """Return what stands between the cells of ``line``: a comma, tab, semicolon or else spaces."""
    # Where a comma is the decimal point there may be as many of them as of separators.
    counts = {b",": line.count(b","), b"\t": 2 * line.count(b"\t"), b";": 2 * line.count(b";")}
    mark = max(counts, key=counts.__getitem__)
    return mark if counts[mark] else b" "


def cells_of(line: bytes, separator: bytes) -> list[bytes]:
    """Return the cells of one line, without quotes and the spaces around them."""
    plain = line.translate(None, _QUOTES).strip(b" \n")
    if separator == b" ":
        return plain.split()
    return [cell.strip(b" ") for cell in plain.split(separator)]


def is_number(cell: bytes) -> bool:
    """Return whether ``cell`` is a number of 0 or more, and not an absurdly large one."""
    return bool(_NUMBER.fullmatch(cell)) and float(cell) < _LARGEST


def parse_rows(
    file: IO[bytes],
    path: Path,
    *,
    columns: int,
    line: int = 1,
    begin: bytes = b"",
    separator: bytes = b",",
) -> Rows:
    """Parse lines of ``columns`` numbers from 0 to 255; the first of a line may be larger.

    Args:
        file: positioned at the start of a line.
        path: the file, for the messages.
        columns: how many numbers each line must have.
        line: the number of the first line, for the messages.
        begin: a line already taken from ``file`` that belongs before the rest.
        separator: what stands between two numbers, as ``separator_of`` tells it.

    Returns:
        [N, columns], uint8 where all numbers are whole and at most 255, else float32.

    Raises:
        FormatError: naming the first line that breaks the rules.
    """
    blocks: list[Rows] = []
    count = 0
    for block in _whole_lines(file, path, begin):
        rows = _parse_block(_plain(block, separator), columns)
        if rows is None:
            raise _explained(block, path, columns, line, separator)
        blocks.append(rows)
        count += len(rows)
        check_count(count, path)
        line += block.count(b"\n")
    if not blocks:
        return np.empty((0, columns), np.uint8)
    if all(block.dtype == np.uint8 for block in blocks):
        return np.concatenate(blocks, dtype=np.uint8)
    return np.concatenate(blocks, dtype=np.float32)


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


def _plain(block: bytes, separator: bytes) -> bytes:
    """Return the block with bare commas between its cells and without empty lines."""
    if separator == b" ":
        lines = (b",".join(line.split()) for line in block.translate(None, _QUOTES).splitlines())
        return b"".join(line + b"\n" for line in lines if line)
    block = block.translate(bytes.maketrans(separator, b","), _QUOTES)
    if b" " in block:
        block = _SPACES.sub(rb"\1", block).strip(b" ")
    block = block.lstrip(b"\n")
    while b"\n\n" in block:
        block = block.replace(b"\n\n", b"\n")
    return block


def _parse_block(block: bytes, columns: int) -> Rows | None:
    """Return the numbers of a block of lines, or None where a line breaks the rules."""
    text = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero((text == _COMMA) | (text == _NEWLINE))
    separators = text[ends]
    if len(ends) % columns:
        return None
    separators = separators.reshape(-1, columns)
    if (separators[:, -1] != _NEWLINE).any() or (separators[:, :-1] != _COMMA).any():
        return None
    rows = _whole(text, ends) if len(ends) else np.empty(0, np.uint32)
    if rows is None:
        rows = _fractions(block)
    if rows is None:
        return None
    rows = rows.reshape(-1, columns)
    if rows.size and rows[:, 1:].max(initial=0) > 255:
        return None
    exact = rows.max(initial=0) <= 255 and (rows == np.floor(rows)).all()
    return rows.astype(np.uint8) if exact else rows.astype(np.float32)


def _whole(text: npt.NDArray[np.uint8], ends: npt.NDArray[np.intp]) -> npt.NDArray[Any] | None:
    """Return the numbers that end before ``ends`` where all are of 1 to 7 digits, else None."""
    digits = text - np.uint8(_ZERO)
    lengths = np.diff(ends, prepend=-1) - 1
    others = len(text) - len(ends) - np.count_nonzero(digits <= 9)
    if others or not 1 <= lengths.min() <= lengths.max() <= _DIGITS:
        return None
    values = digits[ends - 1].astype(np.uint32)
    for place in range(2, int(lengths.max()) + 1):
        at = np.flatnonzero(lengths >= place)
        values[at] += digits[ends[at] - place] * np.uint32(10 ** (place - 1))
    return values


def _fractions(block: bytes) -> npt.NDArray[Any] | None:
    """Return all numbers of a block as float64, or None where a cell is none."""
    cells = block[:-1].replace(b"\n", b",").split(b",")
    if not all(map(is_number, set(cells))):
        return None
    return np.array(cells).astype(np.float64)


def _explained(block: bytes, path: Path, columns: int, first: int, separator: bytes) -> FormatError:
    """Find the first line that breaks the rules and say how."""
    for number, line in enumerate(block.split(b"\n"), first):
        cells = cells_of(line, separator)
        if cells in ([], [b""]):
            continue
        if len(cells) != columns:
            return FormatError(
                _(
                    "{path}, line {line}: received {count} columns; expected {expected}.",
                    path=path,
                    line=number,
                    count=len(cells),
                    expected=columns,
                )
            )
        for at, value in enumerate(cells, 1):
            if not is_number(value) or (at > 1 and float(value) > 255):
                return FormatError(
                    _(
                        "{path}, line {line}, column {column}: received {value!r}; "
                        "expected a number from 0 to 255.",
                        path=path,
                        line=number,
                        column=at,
                        value=value[:20].decode("ascii", "backslashreplace"),
                    )
                )
    return FormatError(_("{path} is damaged: {reason}.", path=path, reason="?"))
