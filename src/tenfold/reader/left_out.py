"""The writing on a picture that is part of no digit: signs, points, letters, what was given up.

All is arithmetic on connected strokes and the boxes of digits; what is dust and what is a point is
told by the width of the pen that wrote the digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.imaging import Box, Ink
from tenfold.imaging.layout import find_parts

__all__ = ["find_left_out"]

# A part is a digit's if so much of its box lies in digits' boxes.
_OWNED = 0.5

# A stroke beside a digit's largest one, in its box, is the digit's own unless paper so wide is
# between them: as a part of the height, and in pixels.
_APART = 0.05
_LEAST_GAP = 1.5

# As long as this part of the digits' height it is writing wherever it is; what is shorter is a
# point if it lies near digits, as far as these parts of their height.
_LARGE = 0.3
_NEAR = 0.8
_BELOW = 0.35
_ABOVE = 0.1

# A point is so much of a square as wide as the pen; what is less is dust.
_POINT = 0.25

# What the rim cuts goes on beyond it: a strip so much longer than wide, or what is so much longer
# than digits are high.
_STRIP = 3.0
_LONGER = 1.15

# Writing is at least so dark as this part of the digits' ink.
_AS_DARK = 0.6

# A stroke counts from this tone on.
_STROKE = 0.4

# Strokes as near as these parts of the digits' height, across and down, are one mark.
_BESIDE = 0.12
_OVER = 0.3

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Pen:
    """How the digits are written: their height, the width of strokes, both in pixels, the tone."""

    height: float
    width: float
    tone: float


def find_left_out(ink: Ink, digits: Sequence[Box]) -> list[Box]:
    """Return the boxes of what is written and is part of none of ``digits``.

    Args:
        ink: as it was read.
        digits: the boxes of the digits that were found, in pixels of the ink's plane.

    Returns:
        A box for each mark; strokes that stand together are one mark.
    """
    parts = find_parts(ink)
    boxes = np.array([box.corners for box in digits], np.float64)
    boxes = boxes.reshape(-1, 4)
    loose = _loose(parts, boxes)
    if len(loose) == 0:
        return []
    height = float(np.median(boxes[:, 3] - boxes[:, 1])) if len(boxes) else _highest(parts)
    pen = _Pen(height, _width(ink, boxes), max((_tone(ink, box) for box in boxes), default=0.0))
    kept = [part for part in loose if _is_writing(part, ink, boxes, pen)]
    return _together(kept, ink.tone.shape, height)


def _highest(parts: Numbers) -> float:
    return float((parts[:, 3] - parts[:, 1]).max(initial=1.0))


def _loose(parts: Numbers, boxes: Numbers) -> Numbers:
    """The parts that no digit owns, and what sticks far out of those that one does."""
    if len(boxes) == 0:
        return parts
    shared = np.prod(np.maximum(_overlaps(parts, boxes), 0), axis=2)
    own = (parts[:, 2] - parts[:, 0]) * (parts[:, 3] - parts[:, 1])
    owned = shared.sum(1) >= _OWNED * own
    owners = shared.argmax(1)
    several = np.flatnonzero(np.bincount(owners[owned], minlength=len(boxes)) > 1)
    apart = (_apart(parts[owned & (owners == at)]) for at in several)
    return np.concatenate([parts[~owned], *apart])


def _overlaps(parts: Numbers, boxes: Numbers) -> Numbers:
    """How far parts and boxes overlap across and down, [parts, boxes, 2]; below 0 the gap."""
    first = np.maximum(parts[:, None, :2], boxes[None, :, :2])
    overlaps: Numbers = np.minimum(parts[:, None, 2:4], boxes[None, :, 2:4]) - first
    return overlaps


def _apart(parts: Numbers) -> Numbers:
    """Of the parts of one digit's box, those with paper between them and the largest."""
    first = parts[parts[:, 4].argmax()]
    gap = np.maximum(parts[:, 0] - first[2], first[0] - parts[:, 2])
    apart: Numbers = parts[gap > max(_APART * (first[3] - first[1]), _LEAST_GAP)]
    return apart


def _is_writing(part: Numbers, ink: Ink, boxes: Numbers, pen: _Pen) -> bool:
    """Whether it is a hand's, not dust, the rim's rest of something, or a frame around digits."""
    left, top, right, bottom, area = part
    if max(right - left, bottom - top) < _LARGE * pen.height:
        is_dust = area < _POINT * pen.width**2 or not _is_near(part, boxes, pen.height)
        if is_dust or _is_cut(part, ink, 0.0):
            return False
    elif _is_cut(part, ink, _LONGER * pen.height) or _surrounds(part, boxes):
        return False
    return _tone(ink, part) >= _AS_DARK * pen.tone


def _is_cut(part: Numbers, ink: Ink, longest: float) -> bool:
    """Whether the picture's rim cuts what goes on beyond it: a strip, or longer than that."""
    left, top, right, bottom, _area = part
    rows, columns = ink.tone.shape
    wide, high = right - left, bottom - top
    at_side, at_end = left <= 0 or right >= columns, top <= 0 or bottom >= rows
    is_strip = (at_side and high > _STRIP * wide) or (at_end and wide > _STRIP * high)
    return bool(is_strip or ((at_side or at_end) and max(wide, high) > longest))


def _surrounds(part: Numbers, boxes: Numbers) -> bool:
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    return bool(((part[:2] < middles) & (middles < part[2:4])).all(axis=1).any())


def _is_near(part: Numbers, boxes: Numbers, height: float) -> bool:
    """Whether it stands where a point may stand: beside a digit, or a little below."""
    left, top, right, bottom, _area = part
    away = np.maximum(boxes[:, 0] - right, left - boxes[:, 2])
    is_beside = away <= _NEAR * height
    is_level = (bottom > boxes[:, 1] - _ABOVE * height) & (top < boxes[:, 3] + _BELOW * height)
    return bool((is_beside & is_level).any())


def _width(ink: Ink, boxes: Numbers) -> float:
    """How wide the strokes of digits are, in pixels: a stripe is on average a quarter deep."""
    depths = []
    for left, top, right, bottom in boxes.astype(int):
        mask = (ink.tone[max(0, top) : bottom, max(0, left) : right] > _STROKE).view(np.uint8)
        mask = np.pad(mask, 1)
        depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
        depths.append(float(depth[mask > 0].mean()) if mask.any() else 0.0)
    return max(1.0, 4 * float(np.median(depths)) - 2) if depths else 1.0


def _tone(ink: Ink, box: Numbers) -> float:
    left, top, right, bottom = box[:4].astype(int)
    tone = ink.tone[max(0, top) : bottom, max(0, left) : right]
    inked = tone[tone > _STROKE]
    return float(inked.mean()) if inked.size else 0.0


def _together(parts: Sequence[Numbers], shape: tuple[int, ...], height: float) -> list[Box]:
    """One box for parts that nearly touch; drawn larger, they do."""
    if not parts:
        return []
    canvas = np.zeros(shape, np.uint8)
    across, down = (max(1, round(share * height / 2)) for share in (_BESIDE, _OVER))
    corners = [part[:4].astype(int) for part in parts]
    for left, top, right, bottom in corners:
        first, last = (max(0, left - across), max(0, top - down)), (right + across, bottom + down)
        cv2.rectangle(canvas, first, last, 1, cv2.FILLED)
    _count, labels = cv2.connectedComponents(canvas, connectivity=4)
    groups: dict[int, list[npt.NDArray[np.int64]]] = {}
    for corner in corners:
        groups.setdefault(int(labels[corner[1], corner[0]]), []).append(corner)
    return [Box.around(np.stack(group)) for group in groups.values()]
