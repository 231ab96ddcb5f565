"""Where on a picture the digits are.

The one function here decides how a page is cut; what follows reads each region by itself.
So far a picture holds one digit or none, and all that is inked belongs to it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.imaging.ink import Ink

__all__ = ["Box", "Region", "find_digits"]

# Dust: a part of the ink smaller than this part of the largest one.
_DUST = 0.03

# What does not reach this part of the picture's longest side is a speck, not a digit.
_SMALLEST = 0.015


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels.

    Args:
        x: the leftmost column.
        y: the topmost row.
        width: columns, at least 1.
        height: rows, at least 1.
    """

    x: int
    y: int
    width: int
    height: int

    def to_dict(self) -> dict[str, int]:
        """Return the four numbers as plain data."""
        return asdict(self)

    def scaled(self, factor_x: float, factor_y: float) -> Box:
        """Return the smallest box of whole pixels over this one after scaling."""
        left, top = int(self.x * factor_x), int(self.y * factor_y)
        right = int(np.ceil((self.x + self.width) * factor_x - 1e-6))
        bottom = int(np.ceil((self.y + self.height) * factor_y - 1e-6))
        return Box(left, top, max(1, right - left), max(1, bottom - top))


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """One digit found.

    Args:
        box: where, in pixels of the ink's plane.
        ink: float32 [box.height, box.width], 0 paper to 1 full ink, of this digit alone.
    """

    box: Box
    ink: npt.NDArray[np.float32]


def find_digits(ink: Ink) -> tuple[Region, ...]:
    """Find the digits in reading order; so far all strokes together are one digit.

    Args:
        ink: the ink of a whole picture.

    Returns:
        One region, its dust removed, or none if there is no ink.
    """
    mask = (ink.cover > 0).view(np.uint8)
    count, parts, stats, _centers = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return ()
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = np.flatnonzero(areas >= _DUST * areas.max()) + 1
    left, top = stats[kept, cv2.CC_STAT_LEFT], stats[kept, cv2.CC_STAT_TOP]
    right = left + stats[kept, cv2.CC_STAT_WIDTH]
    bottom = top + stats[kept, cv2.CC_STAT_HEIGHT]
    rows = slice(int(top.min()), int(bottom.max()))
    columns = slice(int(left.min()), int(right.max()))
    box = Box(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    if max(box.width, box.height) < _SMALLEST * max(mask.shape):
        return ()
    is_kept = np.isin(parts[rows, columns], kept)
    return (Region(box, np.where(is_kept, ink.cover[rows, columns], np.float32(0))),)
