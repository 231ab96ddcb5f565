"""One scene: a strip of paper with a number, a word, a few signs or nothing on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.imaging import Box
from tenfold.scenes.drawn import draw_digit
from tenfold.scenes.glyphs import Glyphs
from tenfold.scenes.handwriting import Hand, Shape, draw_path, draw_shape, random_hand
from tenfold.scenes.paper import add_rules, photographed, random_paper

__all__ = ["DOUBTFUL", "NONE", "Scene", "SceneMark", "compose"]

NONE = 10
"""The label of what is no digit."""

DOUBTFUL = 11
"""The label of a digit of which too much is cut off to say."""

Plane = npt.NDArray[np.float32]
Rng = np.random.Generator

# What is drawn in a scene, and how often.
_KINDS = ("number", "word", "mixed", "rotated", "scribble", "blob", "blank")
_OFTEN = (0.69, 0.11, 0.04, 0.02, 0.04, 0.09, 0.01)

# Digits that stay themselves however broad the pen; a hole would close.
_SOLID = (1, 7)
_BROADEST = 8.5


@dataclass(frozen=True, slots=True)
class SceneMark:
    """One glyph on a scene.

    Args:
        label: 0 to 9, ``NONE`` or ``DOUBTFUL``.
        box: left, top, right, bottom in pixels; may reach over the edges.
    """

    label: int
    box: tuple[float, float, float, float]

    def shared(self, box: Box) -> float:
        """Return what both boxes share, as a part of what they cover together."""
        left, top, right, bottom = self.box
        wide = min(right, box.x + box.width) - max(left, box.x)
        high = min(bottom, box.y + box.height) - max(top, box.y)
        both = max(0.0, wide) * max(0.0, high)
        return both / ((right - left) * (bottom - top) + box.width * box.height - both)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture and what is on it.

    Args:
        gray: uint8 [h, w].
        marks: in reading order.
        ink: float32 [h, w], where its digits' ink truly is, 0 to 1.
    """

    gray: npt.NDArray[np.uint8]
    marks: tuple[SceneMark, ...]
    ink: Plane

    @property
    def digits(self) -> tuple[SceneMark, ...]:
        """The marks that are digits."""
        return tuple(mark for mark in self.marks if mark.label < NONE)


def compose(glyphs: Glyphs, aspect: float, rng: Rng) -> Scene:
    """Return a scene as wide as ``aspect`` times its height; all follows from ``rng``."""
    unit = float(np.exp(rng.uniform(np.log(11), np.log(60))))
    height = max(12, round(unit * np.exp(rng.uniform(np.log(1.06), np.log(2.1)))))
    width = max(12, round(height * aspect))
    ink = np.zeros((height, width), np.float32)
    hand = random_hand(rng)
    kind = str(rng.choice(_KINDS, p=_OFTEN))
    marks = _write(ink, kind, glyphs, hand, unit, rng)
    digits_ink = ink.copy()
    _intrude(ink, glyphs, hand, unit, rng)
    add_rules(ink, unit, rng)
    paper = random_paper(height, width, unit, 0.7 * hand.dark, rng)
    if rng.random() < 0.25:
        ink = ink * _pressure(height, width, rng)
    return Scene(photographed(paper, ink * np.float32(hand.dark), rng), tuple(marks), digits_ink)


def _write(
    ink: Plane, kind: str, glyphs: Glyphs, hand: Hand, unit: float, rng: Rng
) -> list[SceneMark]:
    match kind:
        case "blank":
            return []
        case "scribble":
            for _stroke in range(rng.integers(1, 4)):
                _scribble(ink, unit, rng)
            return []
        case "blob":
            _blob(ink, rng)
            return []
        case _:
            return _write_line(ink, kind, glyphs, hand, unit, rng)


def _write_line(
    ink: Plane, kind: str, glyphs: Glyphs, hand: Hand, unit: float, rng: Rng
) -> list[SceneMark]:
    """Write glyphs side by side until the line is full or the writer has had enough."""
    height, width = ink.shape
    gap, spread = _spacing(rng)
    top = rng.uniform(-0.04, 1.04) * max(0.0, height - unit) if height > unit else 0.0
    base, climb = top + unit, rng.normal(0, 0.02)
    small = width < 1.7 * height
    x = float(rng.uniform(-0.08, 0.4)) * unit if rng.random() < 0.7 else rng.uniform(0, 0.5) * width
    left = 99 if rng.random() < 0.75 else int(rng.integers(1, 6))
    marks: list[SceneMark] = []
    while left > 0 and x < width - 0.1 * unit:
        label, shape = _glyph(kind, glyphs, hand, rng)
        room = width - x
        scale, stretch = _size(shape, unit, rng)
        wide = (shape.box[2] - shape.box[0]) * scale * stretch
        if wide > room + 0.06 * unit and marks:
            break
        if wide > room and small:
            x = max(-0.05 * unit, width - wide)
        matrix = _matrix(shape, scale, stretch, hand, rng, x, base + climb * x)
        if small and not marks:
            matrix[0, 2] += _centering(shape, matrix, width, rng)
        box = draw_shape(ink, shape, matrix)
        marks.append(SceneMark(label, box))
        x = max(x, _right(shape, matrix, hand, base)) + (gap + rng.normal(0, spread)) * unit
        left -= 1
        if kind in ("number", "mixed") and rng.random() < 0.13:
            x += _separate(ink, x, base + climb * x, unit, hand, rng)
    return _seen(marks, height, width)


def _spacing(rng: Rng) -> tuple[float, float]:
    """The usual gap between glyphs and how it varies, as parts of their height."""
    kind = rng.random()
    if kind < 0.4:
        return float(rng.uniform(-0.12, 0.08)), 0.05
    if kind < 0.8:
        return float(rng.uniform(0.05, 0.35)), 0.08
    return float(rng.uniform(0.3, 1.6)), 0.15


def _glyph(kind: str, glyphs: Glyphs, hand: Hand, rng: Rng) -> tuple[int, Shape]:
    is_letter = kind == "word" or (kind == "mixed" and rng.random() < 0.5)
    if is_letter and rng.random() < 0.3:
        lines = Glyphs.lines(glyphs.types[rng.integers(len(glyphs.types))])
        return NONE, Shape.of(lines, hand, rng, solid=True)
    if is_letter:
        lines = Glyphs.lines(glyphs.letters[rng.integers(len(glyphs.letters))])
        return NONE, Shape.of(lines, hand, rng, solid=False)
    if rng.random() < 0.07 and kind == "number":
        index = int(rng.integers(len(glyphs.printed)))
        lines = Glyphs.lines(glyphs.printed[index])
        return int(glyphs.printed_labels[index]), Shape.of(lines, hand, rng, solid=False)
    if rng.random() < 0.28 and kind == "number":
        label = int(rng.integers(10))
        return label, Shape.of(draw_digit(label, rng), _pressed(hand, label, rng), rng, solid=False)
    index = int(rng.integers(len(glyphs.labels)))
    label = int(glyphs.labels[index])
    hand = _pressed(hand, label, rng)
    lines = Glyphs.lines((glyphs.bodies if hand.own else glyphs.digits)[index])
    if kind == "rotated":
        # A lying 0 is a 0; any other lying digit is none.
        lines = np.ascontiguousarray(np.rot90(lines, rng.choice([1, 3])))
        label = 0 if label == 0 else NONE
    return label, Shape.of(lines, hand, rng, solid=hand.own)


def _pressed(hand: Hand, label: int, rng: Rng) -> Hand:
    """At times a much broader pen, for the digits that it leaves readable."""
    if label not in _SOLID or rng.random() > 0.2:
        return hand
    return replace(hand, pen=float(rng.uniform(max(hand.pen, 3.0), _BROADEST)))


def _size(shape: Shape, unit: float, rng: Rng) -> tuple[float, float]:
    """Pixels to a cell, and how much wider than that a cell is."""
    wide, high = shape.box[2] - shape.box[0], shape.box[3] - shape.box[1]
    scale = unit * np.clip(rng.normal(0.95, 0.1), 0.6, 1.2) / max(high, wide / 1.5)
    return float(scale), float(np.exp(rng.normal(0, 0.13 if rng.random() < 0.8 else 0.35)))


def _matrix(
    shape: Shape,
    scale: float,
    stretch: float,
    hand: Hand,
    rng: Rng,
    x: float,
    base: float,
) -> Plane:
    """From a glyph's cells to pixels: its lower left corner at (x, base), turned and slanted."""
    angle, shear = rng.normal(0, 0.07), hand.slant + rng.normal(0, 0.05)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.array([[scale * stretch, -shear * scale], [0, scale]])
    anchor = np.array([shape.box[0], shape.box[3]])
    drift = rng.normal(0, 0.04) * scale * 44
    shift = np.array([x, base + drift]) - linear @ anchor
    return np.column_stack([linear, shift]).astype(np.float32)


def _right(shape: Shape, matrix: Plane, hand: Hand, base: float) -> float:
    """Where on the base line the glyph ends, its slant taken back."""
    middle = np.array([shape.box[2], (shape.box[1] + shape.box[3]) / 2])
    at = matrix[:, :2] @ middle + matrix[:, 2]
    return float(at[0] - hand.slant * (base - at[1]))


def _centering(shape: Shape, matrix: Plane, width: int, rng: Rng) -> float:
    """How far to move a lone glyph so that it lies about the middle."""
    if rng.random() < 0.4:
        return 0.0
    left, top, right, bottom = shape.box
    corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]])
    columns = corners @ matrix[0, :2] + matrix[0, 2]
    room = width - float(np.ptp(columns))
    return float(rng.uniform(-0.02, 1.02) * room - columns.min())


def _separate(ink: Plane, x: float, base: float, unit: float, hand: Hand, rng: Rng) -> float:
    """Draw a point, comma, dash or equals sign at ``x``; return how much room it took."""
    pen = max(0.8, 2 * hand.pen * unit / 44)
    kind = rng.integers(4)
    if kind < 2:
        drop = unit * (rng.uniform(0.0, 0.06) if kind == 0 else rng.uniform(0.1, 0.25))
        start = np.array([x + 0.08 * unit, base - rng.uniform(0, 0.1) * unit])
        ends = np.stack([start, start + np.array([-0.5 * drop, drop])])
        draw_path(ink, ends.astype(np.float32), pen * rng.uniform(1, 1.6))
        return float(rng.uniform(0.15, 0.35)) * unit
    length = rng.uniform(0.2, 0.7) * unit
    y = base - rng.uniform(0.3, 0.6) * unit
    for row in range(kind - 1):
        start = np.array([x, y + row * rng.uniform(0.12, 0.25) * unit])
        points = np.stack([start, start + np.array([length, rng.normal(0, 0.06) * unit])])
        draw_path(ink, points.astype(np.float32), pen)
    return float(length + rng.uniform(0.05, 0.3) * unit)


def _scribble(ink: Plane, unit: float, rng: Rng) -> None:
    """A smooth stroke that goes anywhere: a tick, a loop, a flourish."""
    height, width = ink.shape
    corners = rng.random((rng.integers(2, 7), 2)) * (width, height)
    if len(corners) == 2:
        # An upright stroke is a 1.
        corners[:, 1] = corners[0, 1] + rng.normal(0, 0.06, 2) * height
    steps = np.linspace(0, len(corners) - 1, 40)
    path = np.stack([np.interp(steps, np.arange(len(corners)), c) for c in corners.T], 1)
    smooth = cv2.GaussianBlur(
        path.astype(np.float32), (1, 0), 0.01, None, float(rng.uniform(0.1, 4))
    )
    draw_path(
        ink, np.asarray(smooth, np.float32).reshape(-1, 2), max(0.7, unit * rng.uniform(0.02, 0.15))
    )


def _blob(ink: Plane, rng: Rng) -> None:
    """Filled shapes, lighter and darker: things, not writing."""
    height, width = ink.shape
    if rng.random() < 0.6:
        _garment(ink, rng)
        return
    for _part in range(rng.integers(1, 4)):
        angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 12)))
        reach = rng.uniform(0.2, 0.55, len(angles))[:, None]
        around = np.stack([np.cos(angles), np.sin(angles)], 1) * reach
        around = around * (min(width, 1.3 * height), height) + (
            rng.uniform(0.3, 0.7) * width,
            rng.uniform(0.35, 0.65) * height,
        )
        cv2.fillPoly(ink, [np.rint(around).astype(np.int32)], float(rng.uniform(0.3, 1)))
    if rng.random() < 0.6:
        stripes = np.sin(np.arange(width) * rng.uniform(0.1, 2.5))
        ink *= (1 - rng.uniform(0, 0.8) * (stripes > 0)).astype(np.float32)


def _garment(ink: Plane, rng: Rng) -> None:
    """A shape with a left and a right like each other, as clothes, bags and bottles have."""
    height, width = ink.shape
    middle, reach = rng.uniform(0.3, 0.7) * width, rng.uniform(0.15, 0.5) * min(width, height)
    top, bottom = rng.uniform(-0.05, 0.25) * height, rng.uniform(0.75, 1.05) * height
    row, column = np.mgrid[0:height, 0:width].astype(np.float32)
    at = np.clip((row - top) / (bottom - top), 0, 1)
    knots = rng.uniform(0.35, 1, rng.integers(2, 7))
    half = reach * np.interp(at, np.linspace(0, 1, len(knots)), knots)
    lean = rng.normal(0, 0.15) * (at - 0.5) * reach
    away = np.abs(column - middle - lean)
    inside = (away < half) & (row > top) & (row < bottom)
    match rng.integers(6):
        case 0 | 1:
            # Legs: a slit from the waist down, wider below.
            waist = rng.uniform(0.1, 0.6)
            slit = rng.uniform(0.03, 0.5) * half * np.clip((at - waist) * rng.uniform(1, 4), 0.1, 1)
            inside &= (away > slit) | (at < waist)
        case 2:
            # Sleeves, hanging or held out.
            low, drop = rng.uniform(0.2, 0.9), rng.uniform(0, 0.8)
            far = rng.uniform(1.1, 1.9) * reach
            shoulder = at - drop * np.clip((away - half) / reach, 0, 1)
            inside |= (away < far) & (shoulder > 0.02) & (shoulder < low * 0.4) & (row > top)
        case 3:
            # A handle over a bag.
            ring = np.hypot(away / reach, (at - rng.uniform(0.2, 0.4)) * rng.uniform(1.5, 3))
            inside = (inside & (at > 0.35)) | ((ring > rng.uniform(0.4, 0.6)) & (ring < 0.7))
        case 4:
            # A shoe: high at one side, with or without a heel.
            slope = rng.uniform(0.3, 0.8) - rng.uniform(0.3, 0.9) * (column - middle) / (2 * reach)
            inside &= at > (slope if rng.random() < 0.5 else 1 - slope)
            inside &= (at < 0.85) | (column > middle) | (rng.random() < 0.5)
        case _:
            pass
    folds = rng.uniform(0.2, 1, (rng.integers(2, 12), rng.integers(2, 12))).astype(np.float32)
    shade = cv2.resize(folds, (width, height), interpolation=cv2.INTER_LINEAR)
    np.maximum(ink, inside * shade.reshape(height, width), out=ink)


def _intrude(ink: Plane, glyphs: Glyphs, hand: Hand, unit: float, rng: Rng) -> None:
    """Let the ends of another line's strokes reach in from above or below."""
    if rng.random() > 0.12:
        return
    height, width = ink.shape
    above = rng.random() < 0.5
    for _glyph_no in range(rng.integers(1, 5)):
        _label, shape = _glyph("mixed", glyphs, hand, rng)
        scale, stretch = _size(shape, unit, rng)
        reach = rng.uniform(0.02, 0.16) * height
        tall = (shape.box[3] - shape.box[1]) * scale
        base = reach if above else height - reach + tall
        matrix = _matrix(shape, scale, stretch, hand, rng, rng.uniform(0, width), base)
        draw_shape(ink, shape, matrix)


def _pressure(height: int, width: int, rng: Rng) -> Plane:
    """Ink that fades in and out along the line."""
    coarse = rng.uniform(0.45, 1, (3, 6)).astype(np.float32)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(smooth, np.float32).reshape(height, width)


def _seen(marks: list[SceneMark], height: int, width: int) -> list[SceneMark]:
    """Mark what the edges cut off a part of as doubtful, or most of as no digit."""
    kept = []
    for mark in marks:
        left, top, right, bottom = mark.box
        wide, high = min(right, width) - max(left, 0), min(bottom, height) - max(top, 0)
        share = max(0.0, wide) * max(0.0, high) / max(1e-6, (right - left) * (bottom - top))
        if share <= 0.8 and mark.label != NONE:
            mark = SceneMark(NONE if share < 0.4 else DOUBTFUL, mark.box)
        kept.append(mark)
    return sorted(kept, key=lambda mark: mark.box[0] + mark.box[2])
