"""A line as it is written: its digits, and the signs between them; and which signs are of numbers.

Each digit and each mark is one character, so that a place in the transcript is one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from tenfold.models.sign_model import OTHER
from tenfold.reader.mark import Mark

if TYPE_CHECKING:
    from tenfold.reader.reading import Digit

__all__ = ["Item", "Signs", "in_order", "numbers", "written"]

Signs: TypeAlias = Literal["leave", "keep"]
"""Whether a text has digits alone, or also the points, commas and minuses of numbers."""

Item: TypeAlias = "Digit | Mark"

_NUMBER = re.compile(r"-?[.,]?[0-9]+(?:[.,][0-9]+)*[.,]?")


def in_order(digits: Sequence[Digit], marks: Sequence[Mark]) -> Iterator[Item]:
    """Yield what stands in a line, from left to right.

    Args:
        digits: all of the line, the refused ones too.
        marks: what is unread in it, in reading order.
    """
    for at, digit in enumerate(digits):
        yield from (mark for mark in marks if mark.before == at)
        yield digit
    yield from (mark for mark in marks if mark.before >= len(digits))


def written(item: Item) -> str:
    """Return one character: a digit, a sign, or "?" for anything else, or what was not asked."""
    if isinstance(item, Mark):
        return item.sign or OTHER
    if item.accepted:
        return str(item.label)
    return item.sign.text if item.sign else OTHER


def numbers(transcript: str) -> Iterator[int]:
    """Yield the places of a line's transcript that are of numbers.

    Those are all digits, a minus before a number, and points and commas in one or at its ends.
    """
    for number in _NUMBER.finditer(transcript):
        yield from range(*number.span())
