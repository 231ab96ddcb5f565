"""A line of writing as a strip of fixed height, and the digits cut out of the ink beneath it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.imaging.layout import Line
from tenfold.imaging.regions import Box, Region

__all__ = [
    "DIGIT_HEIGHT",
    "MARGIN",
    "STRIP_HEIGHT",
    "Strip",
    "cut_digit",
    "cut_strip",
    "cut_window",
]

STRIP_HEIGHT = 40
"""Rows of every strip."""

DIGIT_HEIGHT = 27
"""About how many rows of a strip a digit takes."""

MARGIN = 0.45
"""Paper left and right of the writing, as a part of its height."""

_LONGEST = 4096

# A part of the ink belongs to a digit as a whole if so much of it lies in the digit's box.
_OWNED = 0.7

# Dust: a part of the ink smaller than this part of the digit's largest one.
_DUST = 0.03

Plane = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A line of writing, brought to a fixed height.

    Args:
        tone: float32 [40, w], 0 paper to 1 full ink; w is a multiple of 4.
        left: the column of the ink's plane at which it begins; may be negative.
        middle: the row of the plane at its middle, at ``left``.
        slope: how far it goes down from column to column of the plane.
        scale: pixels of the strip to one of the plane.
    """

    tone: Plane
    left: float
    middle: float
    slope: float
    scale: float

    def box_of(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return a box of the strip as a box of the plane beneath."""
        x = left / self.scale + self.left
        drop = self.slope * ((left + right) / 2 / self.scale)
        y = (top - STRIP_HEIGHT / 2) / self.scale + self.middle + drop
        width, height = (right - left) / self.scale, (bottom - top) / self.scale
        return Box(round(x), round(y), max(1, round(width)), max(1, round(height)))

    def corners_of(self, box: Box) -> tuple[float, float, float, float]:
        """Return where a box of the plane beneath is in the strip: left, top, right, bottom."""
        left = (box.x - self.left) * self.scale
        drop = self.middle + self.slope * (box.x + box.width / 2 - self.left)
        top = (box.y - drop) * self.scale + STRIP_HEIGHT / 2
        return left, top, left + box.width * self.scale, top + box.height * self.scale


def cut_strip(tone: Plane, line: Line, zoom: float = 1.0) -> Strip:
    """Bring a line of ``tone`` [h, w] to the height of strips; beyond the plane is paper.

    Args:
        tone: float32 [h, w], 0 paper to 1 full ink.
        line: the line; if it climbs, the strip climbs along.
        zoom: how much larger than usual the digits come out.
    """
    scale = zoom * DIGIT_HEIGHT / max(line.height, 1.0)
    margin = MARGIN * line.height
    left = line.left - margin
    columns = min(
        _LONGEST, max(STRIP_HEIGHT, -(-round((line.right + margin - left) * scale) // 4) * 4)
    )
    drop = line.middle + line.slope * (left - line.left)
    if scale < 1:
        # Averaged down first: warping alone would skip pixels.
        size = (max(1, round(tone.shape[1] * scale)), max(1, round(tone.shape[0] * scale)))
        tone = cv2.resize(tone, size, interpolation=cv2.INTER_AREA).reshape(size[::-1])
    step = scale if scale < 1 else 1.0
    # From the strip's pixels to the plane's, both counted from pixels' centers.
    back = step / scale
    matrix = np.array(
        [
            [back, 0, (left + 0.5 / scale) * step - 0.5],
            [line.slope * back, back, (drop - (STRIP_HEIGHT / 2 - 0.5) / scale) * step - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(tone, matrix, (columns, STRIP_HEIGHT), flags=flags)
    return Strip(np.asarray(strip, np.float32), left, drop, line.slope, scale)


def cut_window(strip: Strip, box: Box) -> Plane:
    """Cut a square out of a strip around a mark: what is written there, and the mark alone.

    Args:
        strip: of the line that the mark stands in.
        box: the mark's, in pixels of the plane beneath.

    Returns:
        float32 [2, 40, 40], as high as the strip and with the mark's middle column in the middle;
        what is beyond the strip is paper. The first plane has all ink, the second what lies in
        the mark's box.
    """
    left, top, right, bottom = strip.corners_of(box)
    window = np.zeros((2, STRIP_HEIGHT, STRIP_HEIGHT), np.float32)
    width = strip.tone.shape[1]
    first = round((left + right - STRIP_HEIGHT) / 2)
    low, high = max(0, first), min(width, first + STRIP_HEIGHT)
    if low >= high:
        return window
    window[0, :, low - first : high - first] = strip.tone[:, low:high]
    rows = slice(max(0, math.floor(top)), max(0, math.ceil(bottom)))
    columns = slice(max(0, math.floor(left) - first), max(0, math.ceil(right) - first))
    window[1, rows, columns] = window[0, rows, columns]
    return window


def cut_digit(cover: Plane, box: Box) -> Region | None:
    """Cut the ink of one digit out of ``cover`` [h, w], neighbors and dust left out.

    A part that lies mostly in the box is taken whole; of others only what lies inside.

    Returns:
        The region, or None if there is no ink in the box.
    """
    height, width = cover.shape
    margin_x, margin_y = box.width + 2, box.height // 2 + 2
    x0, y0 = max(0, box.x - margin_x), max(0, box.y - margin_y)
    x1 = min(width, box.x + box.width + margin_x)
    y1 = min(height, box.y + box.height + margin_y)
    if x1 <= x0 or y1 <= y0:
        return None
    ink = cover[y0:y1, x0:x1]
    mask = (ink > 0).view(np.uint8)
    inked_x, inked_y, wide, high = cv2.boundingRect(mask)
    if not wide:
        return None
    inked = (slice(inked_y, inked_y + high), slice(inked_x, inked_x + wide))
    ink, mask, x0, y0 = ink[inked], mask[inked], x0 + inked_x, y0 + inked_y
    _count, parts, stats, _centers = cv2.connectedComponentsWithStats(mask, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    rows = slice(max(0, box.y - y0), max(0, box.y + box.height - y0))
    columns = slice(max(0, box.x - x0), max(0, box.x + box.width - x0))
    inside = np.bincount(parts[rows, columns].ravel(), minlength=len(areas))
    inside[0] = 0
    if not inside.any():
        return None
    kept = inside >= _DUST * inside.max()
    whole = kept & (inside >= _OWNED * areas)
    is_kept = whole[parts]
    is_kept[rows, columns] |= kept[parts[rows, columns]]
    used_rows, used_columns = np.flatnonzero(is_kept.any(1)), np.flatnonzero(is_kept.any(0))
    if used_rows.size == 0:
        return None
    tight = (
        slice(int(used_rows[0]), int(used_rows[-1]) + 1),
        slice(int(used_columns[0]), int(used_columns[-1]) + 1),
    )
    found = Box(
        x0 + tight[1].start,
        y0 + tight[0].start,
        tight[1].stop - tight[1].start,
        tight[0].stop - tight[0].start,
    )
    return Region(found, np.where(is_kept[tight], ink[tight], np.float32(0)))
