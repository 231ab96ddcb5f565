"""Glyphs written by a hand: which, how large, where, and the small signs between them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.drawn import draw_digit, draw_none
from tenfold.scenes.glyphs import Glyphs
from tenfold.scenes.handwriting import Hand, Shape, draw_path
from tenfold.scenes.items import Item

__all__ = [
    "NONE",
    "draw_scribble",
    "draw_sign",
    "glyph_matrix",
    "glyph_size",
    "height_of",
    "join",
    "pick_glyph",
    "right_end",
]

NONE = 10
"""The label of what is no digit."""

Plane = npt.NDArray[np.float32]
Rng = np.random.Generator
Box = tuple[float, float, float, float]
Numbers = npt.NDArray[np.float64]

# Digits that stay themselves however broad the pen; a hole would close.
_SOLID = (1, 7)
_BROADEST = 8.5

# How often what is no digit is drawn of strokes, or is a machine's letter; else it is a pen's.
_DRAWN = 0.3
_MACHINES = 0.55

# How often a person writes a digit in the way that is usual for this person.
_FAITHFUL = 0.85


def pick_glyph(item: Item, glyphs: Glyphs, hand: Hand, rng: Rng) -> tuple[int, Shape]:
    """Return a label, 0 to 9 or ``NONE``, and what a hand makes of a digit or a letter.

    Args:
        item: a digit, ``LETTER``, or ``LYING`` for a digit on its side.
        glyphs: to choose from.
        hand: who writes.
        rng: decides.
    """
    match item:
        case int():
            return item, _digit(item, glyphs, hand, rng)
        case "lying":
            return _lying(glyphs, hand, rng)
        case _:
            return NONE, _letter(glyphs, hand, rng)


def _digit(label: int, glyphs: Glyphs, hand: Hand, rng: Rng) -> Shape:
    if rng.random() < 0.07:
        index = int(rng.choice(np.flatnonzero(glyphs.printed_labels == label)))
        return Shape.of(Glyphs.lines(glyphs.printed[index]), hand, rng, solid=False)
    hand = _pressed(hand, label, rng)
    known = glyphs.pick(label, rng)
    if known is None or rng.random() < (0.75 if hand.steady else hand.taught):
        habit = hand.habits[label] if rng.random() < _FAITHFUL else None
        lines = draw_digit(label, rng, steady=hand.steady, habit=habit)
        return Shape.of(lines, hand, rng, solid=False)
    lines = Glyphs.lines((glyphs.bodies if hand.own else glyphs.digits)[known])
    return Shape.of(lines, hand, rng, solid=hand.own)


def _letter(glyphs: Glyphs, hand: Hand, rng: Rng) -> Shape:
    kind = rng.random()
    if kind < _DRAWN:
        return Shape.of(draw_none(rng), hand, rng, solid=False)
    if kind < _MACHINES:
        lines = Glyphs.lines(glyphs.types[rng.integers(len(glyphs.types))])
        return Shape.of(lines, hand, rng, solid=True)
    lines = Glyphs.lines(glyphs.letters[rng.integers(len(glyphs.letters))])
    return Shape.of(lines, hand, rng, solid=False)


def _lying(glyphs: Glyphs, hand: Hand, rng: Rng) -> tuple[int, Shape]:
    """A lying 0 is a 0; any other lying digit is none."""
    index = int(rng.integers(len(glyphs.labels)))
    label = int(glyphs.labels[index])
    lines = Glyphs.lines((glyphs.bodies if hand.own else glyphs.digits)[index])
    lines = np.ascontiguousarray(np.rot90(lines, rng.choice([1, 3])))
    shape = Shape.of(lines, _pressed(hand, label, rng), rng, solid=hand.own)
    return (0 if label == 0 else NONE), shape


def _pressed(hand: Hand, label: int, rng: Rng) -> Hand:
    """At times a much broader pen, for the digits that it leaves readable."""
    if label not in _SOLID or rng.random() > 0.2:
        return hand
    return replace(hand, pen=float(rng.uniform(max(hand.pen, 3.0), _BROADEST)))


def height_of(item: Item, hand: Hand, unit: float, *, first: bool) -> tuple[float, float]:
    """Return how high a hand writes an item, and how far above the base line, in pixels."""
    if item != 0 or first:
        return unit, 0.0
    high = hand.zeros * unit
    return high, hand.raised * (unit - high)


def glyph_size(shape: Shape, unit: float, rng: Rng) -> tuple[float, float]:
    """Pixels to a cell, and how much wider than that a cell is."""
    wide, high = shape.box[2] - shape.box[0], shape.box[3] - shape.box[1]
    scale = unit * np.clip(rng.normal(0.95, 0.1), 0.6, 1.2) / max(high, wide / 1.5)
    return float(scale), float(np.exp(rng.normal(0, 0.13 if rng.random() < 0.8 else 0.35)))


def glyph_matrix(
    shape: Shape,
    scale: float,
    stretch: float,
    hand: Hand,
    rng: Rng,
    x: float,
    base: float,
) -> Plane:
    """From a glyph's cells to pixels: its lower left corner at (x, base), turned and slanted."""
    astray = 0.0 if hand.steady else 1.0
    angle, shear = astray * rng.normal(0, 0.07), hand.slant + astray * rng.normal(0, 0.05)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.array([[scale * stretch, -shear * scale], [0, scale]])
    anchor = np.array([shape.box[0], shape.box[3]])
    drift = rng.normal(0, 0.04) * scale * 44
    shift = np.array([x, base + drift]) - linear @ anchor
    return np.column_stack([linear, shift]).astype(np.float32)


def right_end(shape: Shape, matrix: Plane, hand: Hand, base: float) -> float:
    """Where on the base line the glyph ends, its slant taken back."""
    middle = np.array([shape.box[2], (shape.box[1] + shape.box[3]) / 2])
    at = matrix[:, :2] @ middle + matrix[:, 2]
    return float(at[0] - hand.slant * (base - at[1]))


def draw_sign(
    ink: Plane, sign: str, x: float, base: float, unit: float, hand: Hand, rng: Rng
) -> tuple[float, Box]:
    """Draw one of ``SIGNS`` at ``x``; return how much room it took and its box, in pixels."""
    pen = max(0.8, 2 * hand.pen * unit / 44) * (rng.uniform(1, 1.6) if sign in ".,':" else 1.0)
    strokes, room = _strokes(sign, pen / unit, rng)
    paths = [(stroke * unit + (x, base)).astype(np.float32) for stroke in strokes]
    for path in paths:
        draw_path(ink, path, float(pen))
    points = np.concatenate(paths)
    (left, top), (right, bottom) = points.min(0) - pen / 2, points.max(0) + pen / 2
    return room * unit, (float(left), float(top), float(right), float(bottom))


def _strokes(sign: str, pen: float, rng: Rng) -> tuple[list[Numbers], float]:
    """A sign's strokes, points (x, y) from the base line on, and its room, all in units."""
    match sign:
        case "/":
            low, high, wide = rng.uniform(-0.2, 0.1), rng.uniform(0.95, 1.35), rng.uniform(0.3, 0.8)
            return [np.array([(0, -low), (wide, -high)])], float(rng.uniform(0.15, 0.35) + wide)
        case "'":
            high = rng.uniform(0.85, 1.05)
            path = np.array([(0.1, -high), (0.1 - rng.uniform(0, 0.1), 0.2 - high)])
            return [path], float(rng.uniform(0.15, 0.35))
        case "-" | "=":
            return _dashes(1 + (sign == "="), pen, rng)
        case "+" | "×":
            return _cross(sign, pen, rng)
        case "(" | ")":
            return _bracket(sign, rng)
        case ":":
            low, high = rng.uniform(0, 0.15), rng.uniform(0.4, 0.65)
            points = [np.array([(0.08, -y), (0.06, 0.03 - y)]) for y in (low, high)]
            return points, float(rng.uniform(0.2, 0.4))
        case _:
            drop = rng.uniform(0.0, 0.06) if sign == "." else rng.uniform(0.1, 0.25)
            start = np.array([0.08, -rng.uniform(0, 0.1)])
            path = np.stack([start, start + np.array([-0.5 * drop, drop])])
            return [path], float(rng.uniform(0.15, 0.35))


def _dashes(count: int, pen: float, rng: Rng) -> tuple[list[Numbers], float]:
    length, y = rng.uniform(0.2, 0.7), -rng.uniform(0.3, 0.6)
    strokes = []
    for row in range(count):
        start = np.array([0.0, y + row * (pen + rng.uniform(0.05, 0.18))])
        strokes.append(np.stack([start, start + np.array([length, rng.normal(0, 0.06)])]))
    return strokes, float(length + rng.uniform(0.05, 0.3))


def _cross(sign: str, pen: float, rng: Rng) -> tuple[list[Numbers], float]:
    """Two strokes across each other: upright for plus, leaning for times."""
    half, middle = rng.uniform(0.15, 0.38) + pen / 2, -rng.uniform(0.3, 0.55)
    turn = rng.normal(0, 0.08) + (np.pi / 4 if sign == "×" else 0.0)
    strokes = []
    for angle in (turn, turn + np.pi / 2 + rng.normal(0, 0.1)):
        reach = half * rng.uniform(0.75, 1.15) * np.array([np.cos(angle), np.sin(angle)])
        center = np.array([half, middle]) + rng.normal(0, 0.03, 2)
        strokes.append(np.stack([center - reach, center + reach]))
    return strokes, float(2 * half + rng.uniform(0.05, 0.3))


def _bracket(sign: str, rng: Rng) -> tuple[list[Numbers], float]:
    """An arc as high as the digits or higher."""
    low, high = rng.uniform(-0.05, 0.25), -rng.uniform(0.95, 1.3)
    bulge = rng.uniform(0.12, 0.35)
    along = np.linspace(-1, 1, 9)
    bend = bulge * np.abs(along) ** rng.uniform(1.6, 2.6)
    x = bend if sign == "(" else bulge - bend
    y = (low + high) / 2 + along * (low - high) / 2
    return [np.stack([x, y], 1)], float(bulge + rng.uniform(0.1, 0.3))


def join(ink: Plane, before: Box, box: Box, unit: float, hand: Hand, rng: Rng) -> None:
    """Draw the stroke that some hands do not lift the pen for, from one digit to the next."""
    if rng.random() >= hand.joined or not -0.2 * unit < box[0] - before[2] < 0.5 * unit:
        return
    wide, high = before[2] - before[0], before[3] - before[1]
    start = (before[2] - rng.uniform(0, 0.4) * wide, before[1] + rng.uniform(0, 0.6) * high)
    end = (
        box[0] + rng.uniform(0, 0.4) * (box[2] - box[0]),
        box[1] + rng.uniform(0, 0.5) * (box[3] - box[1]),
    )
    sag = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + rng.uniform(0, 0.15) * unit)
    pen = max(0.6, 1.6 * hand.pen * unit / 44)
    draw_path(ink, np.array([start, sag, end], np.float32), pen)


def draw_scribble(ink: Plane, unit: float, rng: Rng) -> None:
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
