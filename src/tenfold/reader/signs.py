"""What is written beside digits, told by a network: which line a mark stands in, which sign it is.

The network sees a mark in its line, so that a comma is told from an apostrophe, and a minus from
the stroke below a sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tenfold.imaging import Box, Ink
from tenfold.imaging.layout import Line
from tenfold.imaging.strips import Strip, cut_strip, cut_window
from tenfold.models import SignModel
from tenfold.models.sign_model import OTHER, SIGNS
from tenfold.reader.mark import Mark, Sign

if TYPE_CHECKING:
    from tenfold.reader.attempts import Attempt
    from tenfold.reader.reading import Digit

__all__ = ["cut_windows", "find_line", "tell_signs", "with_signs"]

# Of more marks than this nothing is asked: it is no writing.
_MOST = 500

# A mark stands in a line if its middle is as near as this to the line's, in heights of its digits,
# and as near as this to its ends.
_LEVEL = 0.85
_BESIDE = 1.5

# What is less probable is another mark.
_LIKELY = 0.5


def find_line(box: Box, lines: Sequence[Line]) -> int | None:
    """Return which of ``lines`` a mark stands in, the nearest; None if it stands in none.

    Args:
        box: the mark's, in pixels of the ink's plane.
        lines: on the same plane.
    """
    x, y = box.x + box.width / 2, box.y + box.height / 2
    best, least = None, _LEVEL
    for at, line in enumerate(lines):
        away = max(line.left - x, x - line.right) / max(line.height, 1.0)
        drop = line.middle + line.slope * (x - line.left)
        off = abs(y - drop) / max(line.height, 1.0)
        if away <= _BESIDE and off <= least:
            best, least = at, off
    return best


def cut_windows(
    ink: Ink, marks: Sequence[tuple[Box, Line]], zoom: float = 1.0
) -> npt.NDArray[np.float32]:
    """Return what the network sees of marks, each with the line that it stands in.

    Args:
        ink: as it was read.
        marks: at least one.
        zoom: how much larger than usual the digits come out.

    Returns:
        float32 [N, 2, 40, 40].
    """
    strips: dict[Line, Strip] = {}
    for _box, line in marks:
        if line not in strips:
            strips[line] = cut_strip(ink.tone, line, zoom)
    return np.stack([cut_window(strips[line], box) for box, line in marks])


def with_signs(
    attempt: Attempt,
    digits: Sequence[Digit],
    found: Sequence[Box],
    marks: Sequence[Box],
    model: Callable[[], SignModel],
) -> tuple[list[Digit], list[Mark]]:
    """Ask what refused digits and other marks are.

    Args:
        attempt: how the picture was read.
        digits: of all lines, as they are judged.
        found: their boxes, in pixels of the ink's plane.
        marks: the boxes of what is unread, on the same plane.
        model: gives what is asked; called only if there is something to ask.

    Returns:
        The digits, the refused ones with their signs; and the other marks in reading order, with
        boxes on the ink's plane.
    """
    lines = [reading.line for reading in attempt.readings]
    unread = sorted(_placed(marks, lines, digits, found), key=_reading_order)
    asked = [
        (box, lines[digit.line])
        for digit, box in zip(digits, found, strict=True)
        if not digit.accepted
    ]
    asked += [(mark.box, lines[mark.line]) for mark in unread if mark.line is not None]
    signs = iter(tell_signs(attempt.ink, asked, model()) if asked else ())
    told = [digit if digit.accepted else replace(digit, sign=next(signs)) for digit in digits]
    return told, [mark if mark.line is None else _named(mark, next(signs)) for mark in unread]


def _placed(
    marks: Sequence[Box], lines: Sequence[Line], digits: Sequence[Digit], found: Sequence[Box]
) -> Iterator[Mark]:
    """What is unread, each with the line that it stands in, and where in that."""
    for box in marks:
        line = find_line(box, lines) if len(marks) <= _MOST else None
        middle = 2 * box.x + box.width
        before = sum(
            digit.line == line and 2 * other.x + other.width < middle
            for digit, other in zip(digits, found, strict=True)
        )
        yield Mark(box, "unread", line=line, before=before)


def _reading_order(mark: Mark) -> tuple[float, int]:
    """By lines, then from left to right; what stands in no line comes last."""
    return (math.inf if mark.line is None else mark.line), 2 * mark.box.x + mark.box.width


def _named(mark: Mark, sign: Sign) -> Mark:
    return replace(mark, sign=sign.text, probability=sign.probability)


def tell_signs(ink: Ink, marks: Sequence[tuple[Box, Line]], model: SignModel) -> list[Sign]:
    """Return which sign each of some marks is, asked for all at once.

    Args:
        ink: as it was read.
        marks: each with the line that it stands in; at least one.
        model: what is asked.
    """
    return [_sign(shares) for shares in model.predict(cut_windows(ink, marks))]


def _sign(shares: npt.NDArray[np.float32]) -> Sign:
    best = int(shares.argmax())
    if shares[best] < _LIKELY:
        best = SIGNS.index(OTHER)
    return Sign(SIGNS[best], float(shares[best]))
