"""Glyphs written by a hand: which, how large, where, and the small signs between them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.drawn import draw_digit
from tenfold.scenes.glyphs import Glyphs
from tenfold.scenes.handwriting import Hand, Shape, draw_path

__all__ = [
    "NONE",
    "draw_scribble",
    "draw_separator",
    "glyph_matrix",
    "glyph_size",
    "pick_glyph",
    "right_end",
]

NONE = 10
"""The label of what is no digit."""

Plane = npt.NDArray[np.float32]
Rng = np.random.Generator

# Digits that stay themselves however broad the pen; a hole would close.
_SOLID = (1, 7)
_BROADEST = 8.5


def pick_glyph(kind: str, glyphs: Glyphs, hand: Hand, rng: Rng) -> tuple[int, Shape]:
    """Return a label, 0 to 9 or ``NONE``, and what a hand makes of one of its glyphs.

    Args:
        kind: "number", "word", "mixed", or "rotated" for digits that lie on their sides.
        glyphs: to choose from.
        hand: who writes.
        rng: decides.
    """
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
    if rng.random() < (0.75 if hand.steady else 0.28) and kind == "number":
        label = int(rng.integers(10))
        lines = draw_digit(label, rng, steady=hand.steady)
        return label, Shape.of(lines, _pressed(hand, label, rng), rng, solid=False)
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


def draw_separator(ink: Plane, x: float, base: float, unit: float, hand: Hand, rng: Rng) -> float:
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
