"""Where on a picture lines of writing are: the strokes grouped by height and neighborhood."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.imaging.ink import Ink
from tenfold.imaging.regions import Box

__all__ = [
    "Line",
    "find_lines",
    "find_parts",
    "picture_line",
    "usual_height",
    "whole_line",
]

# A stroke counts from this tone on; print and grain are fainter.
_STROKE = 0.4

# Parts lower than this part of the usual height do not found a line; they may belong to one.
_LOW = 0.4

# Two parts stand in one line if their rows overlap by this part of the lower one.
_OVERLAP = 0.45

# How much of a strip's height its digits take.
_FILLED = 0.75

# More parts than this are noise, and looking at pairs of them would take long.
_MOST_PARTS = 3000

Numbers = npt.NDArray[np.float64]
Stats = npt.NDArray[np.int32]

# The same ink is looked at in several ways, one after another, and by several threads at once.
_known: WeakKeyDictionary[Ink, Stats] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of writing, in pixels of the ink's plane.

    Args:
        left: its first column.
        right: the column after its last one.
        middle: the row halfway up its digits, at ``left``.
        slope: how far the middle goes down from column to column.
        height: how high its digits are.
    """

    left: float
    right: float
    middle: float
    slope: float
    height: float

    @property
    def box(self) -> Box:
        """The box around it; of a line that climbs, the box of its beginning."""
        top = self.middle - self.height / 2
        width, height = self.right - self.left, self.height
        return Box(round(self.left), round(top), max(1, round(width)), max(1, round(height)))


def find_lines(ink: Ink) -> tuple[Line, ...]:
    """Group the strokes of a picture into lines, from top to bottom."""
    parts = find_parts(ink)
    if len(parts) == 0:
        return ()
    usual = usual_height(parts)
    parts = parts[(parts[:, 3] - parts[:, 1] > 0.1 * usual) | (parts[:, 4] > 0.02 * usual**2)]
    tall = (parts[:, 3] - parts[:, 1]) >= _LOW * usual
    groups = _groups(parts[tall])
    lines = [_line(group, parts[~tall]) for group in groups]
    return tuple(sorted(lines, key=lambda line: line.middle))


def whole_line(ink: Ink) -> Line | None:
    """Return all strokes of a picture together as one line; None if there are none."""
    parts = find_parts(ink)
    if len(parts) == 0:
        return None
    parts = parts[parts[:, 4] >= 0.02 * parts[:, 4].max()]
    left, top = parts[:, :2].min(0)
    right, bottom = parts[:, 2:4].max(0)
    return Line(float(left), float(right), float(top + bottom) / 2, 0.0, float(bottom - top))


def picture_line(ink: Ink) -> Line:
    """Return the whole picture as one line: a strip cut out of a form or a cheque."""
    height, width = ink.tone.shape
    return Line(0.0, float(width), height / 2, 0.0, _FILLED * height)


def find_parts(ink: Ink) -> Numbers:
    """Connected strokes, float64 [n, 5]: left, top, right, bottom, pixels."""
    stats = _strokes(ink)
    if len(stats) > _MOST_PARTS:
        stats = stats[np.argsort(stats[:, cv2.CC_STAT_AREA])[-_MOST_PARTS:]]
    left, top, wide, high, area = stats.T.astype(np.float64)
    corners: Numbers = np.stack([left, top, left + wide, top + high, area], 1)
    return corners


def _strokes(ink: Ink) -> Stats:
    """Statistics of connected strokes, int32 [n, 5]: left, top, width, height, pixels."""
    found = _known.get(ink)
    if found is None:
        found = _labeled(((ink.tone > _STROKE) & (ink.cover > 0)).view(np.uint8))
        _known[ink] = found
    return found


def _labeled(mask: npt.NDArray[np.uint8]) -> Stats:
    """Statistics of the connected parts of ``mask``, in the order of their labels."""
    x, y, wide, high = cv2.boundingRect(mask)
    # Labels are given block by block of 2x2; begun at an even pixel, they stay in their order.
    left, top = x - x % 2, y - y % 2
    if not wide:
        return np.zeros((0, 5), np.int32)
    _count, _labels, stats, _centers = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(mask[top : y + high, left : x + wide]), connectivity=8
    )
    return np.asarray(stats[1:] + np.array([left, top, 0, 0, 0], np.int32), np.int32)


def usual_height(parts: Numbers) -> float:
    """Return the median height of parts, each counted by its height: specks do not matter."""
    heights = np.sort(parts[:, 3] - parts[:, 1])
    reached = np.cumsum(heights * heights)
    return float(heights[np.searchsorted(reached, reached[-1] / 2)])


def _groups(parts: Numbers) -> list[Numbers]:
    """Parts that stand side by side, by union of neighbors; then groups on the same rows."""
    order = np.argsort(parts[:, 0])
    parts = parts[order]
    owner = np.arange(len(parts))
    for index in range(1, len(parts)):
        earlier = parts[:index]
        shared = np.minimum(earlier[:, 3], parts[index, 3]) - np.maximum(
            earlier[:, 1], parts[index, 1]
        )
        lower = np.minimum(earlier[:, 3] - earlier[:, 1], parts[index, 3] - parts[index, 1])
        beside = np.flatnonzero(shared > _OVERLAP * lower)
        if beside.size:
            # The nearest on the left decides, so that a climbing line is followed.
            nearest = beside[np.argmax(earlier[beside, 2])]
            owner[index] = owner[nearest]
    groups = [parts[owner == label] for label in np.unique(owner)]
    return _merged(groups)


def _merged(groups: list[Numbers]) -> list[Numbers]:
    """Put groups together whose rows are the same."""
    groups = sorted(groups, key=lambda group: float(np.median(group[:, 1] + group[:, 3])))
    merged: list[Numbers] = []
    for group in groups:
        if merged:
            last = merged[-1]
            shared = min(last[:, 3].max(), group[:, 3].max()) - max(
                last[:, 1].min(), group[:, 1].min()
            )
            lower = min(np.ptp(last[:, (1, 3)]), np.ptp(group[:, (1, 3)]))
            if shared > 0.6 * lower:
                merged[-1] = np.concatenate([last, group])
                continue
        merged.append(group)
    return merged


def _line(parts: Numbers, low_parts: Numbers) -> Line:
    """The line through the middles of ``parts``, and the low parts that belong to it."""
    heights = parts[:, 3] - parts[:, 1]
    height = float(np.average(heights, weights=heights))
    middles, columns = (parts[:, 1] + parts[:, 3]) / 2, (parts[:, 0] + parts[:, 2]) / 2
    slope = 0.0
    if len(parts) > 2 and np.ptp(columns) > 3 * height:
        slope = float(np.polyfit(columns, middles, 1)[0])
        slope = slope if abs(slope) < 0.35 else 0.0
    left, right = float(parts[:, 0].min()), float(parts[:, 2].max())
    rests = middles - slope * (columns - left)
    top = float((rests - heights / 2).min())
    bottom = float((rests + heights / 2).max())
    # Small digits at the ends of a line are followed from one to the next.
    away = np.maximum(low_parts[:, 0] - right, left - low_parts[:, 2])
    for part in low_parts[np.argsort(away)]:
        drop = slope * ((part[0] + part[2]) / 2 - left)
        reach = height * (1.0 if part[3] - part[1] > 0.2 * height else 0.45)
        inside = part[2] > left - reach and part[0] < right + reach
        over = min(0.45 * height, reach) if len(parts) < 3 else 0.0
        if inside and part[3] - drop > top - over and part[1] - drop < bottom + over:
            left, right = min(left, float(part[0])), max(right, float(part[2]))
            if part[3] - part[1] > 0.12 * height and len(parts) < 3:
                top, bottom = min(top, part[1] - drop), max(bottom, part[3] - drop)
    if len(parts) < 3:
        return Line(left, right, (top + bottom) / 2, slope, bottom - top)
    middle = float(np.average(rests, weights=heights))
    tallest = 2 * max(middle - top, bottom - middle)
    return Line(left, right, middle, slope, min(tallest, max(height, 0.75 * tallest)))
