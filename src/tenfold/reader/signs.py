"""What is written beside digits, told by a network: which line a mark stands in, which sign it is.

The network sees a mark in its line, so that a comma is told from an apostrophe, and a minus from
the stroke below a sum.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tenfold.imaging import Box, Ink
from tenfold.imaging.layout import Line
from tenfold.imaging.strips import Strip, cut_strip, cut_window
from tenfold.models import SignModel
from tenfold.models.sign_model import OTHER, SIGNS
from tenfold.reader.mark import Sign

__all__ = ["MOST_MARKS", "cut_windows", "find_line", "tell_signs"]

MOST_MARKS = 500
"""Of more marks than this on a picture the rest is not asked about: it is no writing."""

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
