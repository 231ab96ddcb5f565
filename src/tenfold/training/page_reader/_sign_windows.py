"""Windows around the marks of a scene that are no digits, as the reader cuts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from tenfold.imaging import Box, Ink
from tenfold.imaging.layout import Line, find_lines, whole_line
from tenfold.models.sign_model import OTHER, SIGNS
from tenfold.reader.left_out import find_left_out
from tenfold.reader.signs import cut_windows, find_line
from tenfold.scenes import Scene

__all__ = ["sign_windows"]

# Of one scene so many signs are taken, and so often a mark that is none, and a digit, as if it had
# been refused.
_MOST = 4
_OTHER = 0.5
_DIGIT = 0.12

# How often all ink together is the line that the reader reads.
_TOGETHER = 0.3

# A mark is a sign if their boxes, grown by so many pixels, share this part of what they cover
# together; what shares less, but more than the second, is half a sign and nothing is learned of it.
_GROWN = 1.5
_SHARED = 0.4
_TOUCHED = 0.03

# A sign whose ink is nowhere as full as this was not found.
_SEEN = 0.6

Bytes = npt.NDArray[np.uint8]
Rng = np.random.Generator
Corners = tuple[float, float, float, float]


def sign_windows(scene: Scene, ink: Ink, rng: Rng) -> Iterator[tuple[Bytes, int]]:
    """Yield windows uint8 [2, 40, 40] of marks, and which of ``SIGNS`` each is.

    Args:
        scene: as large as the ink's plane.
        ink: as it was found.
        rng: decides which are taken.
    """
    lines = _lines(ink, rng)
    digits = [_box(mark.box) for mark in scene.digits]
    marks = find_left_out(ink, digits)
    told = [(box, sign) for box in marks if (sign := _told(box, scene)) is not None]
    signs = [one for one in told if one[1] != OTHER] + _missed(scene, ink, marks)
    others = [one for one in told if one[1] == OTHER]
    picked = [signs[at] for at in rng.permutation(len(signs))[:_MOST]]
    if others and rng.random() < _OTHER:
        picked.append(others[rng.integers(len(others))])
    if digits and rng.random() < _DIGIT:
        picked.append((digits[rng.integers(len(digits))], OTHER))
    placed = [(one, at) for one in picked if (at := find_line(one[0], lines)) is not None]
    if not placed:
        return
    zoom = float(np.exp(rng.normal(0, 0.08)))
    windows = cut_windows(ink, [(box, lines[at]) for (box, _sign), at in placed], zoom)
    for window, ((_around, sign), _at) in zip(windows, placed, strict=True):
        yield np.rint(window * 255).astype(np.uint8), SIGNS.index(sign)


def _missed(scene: Scene, ink: Ink, found: Sequence[Box]) -> list[tuple[Box, str]]:
    """Signs that have ink but are no mark by themselves here: they touch a digit, or each other."""
    height, width = ink.tone.shape
    missed: list[tuple[Box, str]] = []
    for one in scene.signs:
        left, top = max(0, round(one.box[0])), max(0, round(one.box[1]))
        right, bottom = min(width, round(one.box[2]) + 1), min(height, round(one.box[3]) + 1)
        tone = ink.tone[top:bottom, left:right]
        is_seen = bool(tone.size) and float(tone.max()) > _SEEN
        if is_seen and not any(_share(box.corners, one.box) > _TOUCHED for box in found):
            box = Box(left, top, right - left, bottom - top)
            missed.append((box, one.sign if one.sign in SIGNS else OTHER))
    return missed


def _lines(ink: Ink, rng: Rng) -> Sequence[Line]:
    together = whole_line(ink)
    if together is not None and rng.random() < _TOGETHER:
        return (together,)
    return find_lines(ink)


def _told(box: Box, scene: Scene) -> str | None:
    """Which sign a mark is; None if it is a part of one, or of several."""
    shared = {one.sign: _share(box.corners, one.box) for one in scene.signs}
    best = max(shared, key=lambda sign: shared[sign], default=OTHER)
    share = shared.get(best, 0.0)
    if share >= _SHARED:
        return best if best in SIGNS else OTHER
    return None if share > _TOUCHED else OTHER


def _share(one: Sequence[float], other: Sequence[float]) -> float:
    """What two boxes, a little grown, share of what they cover together."""
    grown = np.array([-_GROWN, -_GROWN, _GROWN, _GROWN])
    first, second = (np.asarray(box) + grown for box in (one, other))
    both = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    shared = float(np.prod(np.maximum(both, 0)))
    areas = float(np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2]))
    return shared / (areas - shared)


def _box(box: Corners) -> Box:
    left, top, right, bottom = box
    x, y = round(left), round(top)
    return Box(x, y, max(1, round(right) - x), max(1, round(bottom) - y))
