"""Text in lines of a width, Chinese and English mixed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

__all__ = ["wrapped"]

# A Latin word, or a character as wide as two: a line may end between them. What must not begin a
# line stays with what is before it, what must not end one with what comes after.
_WIDE = r"\u2e80-\U0003ffff"
_PIECE = re.compile(
    rf"\s+|[（“「《]*(?:[^\s{_WIDE}（“「《，。、；：？！）”」》]+|[{_WIDE}])?[，。、；：？！）”」》]*"
)


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield ``text`` in lines at most ``width`` columns wide; nothing but spaces is lost.

    A word that is wider stands in several lines.
    """
    line = ""
    for piece in _pieces(text, width):
        if line and cell_len(line + piece.rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    if line.strip():
        yield line.rstrip()


def _pieces(text: str, width: int) -> Iterator[str]:
    for found in _PIECE.findall(text):
        piece = " " if found.isspace() else found
        while cell_len(piece) > width:
            head = _fitting(piece, width)
            yield head
            piece = piece[len(head) :]
        if piece:
            yield piece


def _fitting(word: str, width: int) -> str:
    """The longest beginning of ``word`` that fits, at least a character."""
    end = 1
    while cell_len(word[: end + 1]) <= width:
        end += 1
    return word[:end]
