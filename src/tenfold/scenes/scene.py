"""One scene: a strip of paper with a number, a word, a few signs or nothing on it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.imaging import Box
from tenfold.scenes.glyphs import Glyphs
from tenfold.scenes.handwriting import Hand, Shape, draw_path, draw_shape, random_hand
from tenfold.scenes.items import LETTER, SIGNS, SPACE, random_items
from tenfold.scenes.paper import add_rules, photographed, random_paper
from tenfold.scenes.things import draw_thing
from tenfold.scenes.writing import (
    NONE,
    draw_scribble,
    draw_sign,
    glyph_matrix,
    glyph_size,
    height_of,
    join,
    pick_glyph,
    right_end,
)

__all__ = ["DOUBTFUL", "NONE", "Scene", "SceneMark", "SceneSign", "compose"]

DOUBTFUL = 11
"""The label of a digit of which too much is cut off to say."""

Plane = npt.NDArray[np.float32]
Rng = np.random.Generator
Written: TypeAlias = "tuple[list[SceneMark], list[SceneSign]]"

# What is drawn in a scene, and how often.
_KINDS = ("number", "noted", "word", "mixed", "rotated", "scribble", "blob", "blank")
_OFTEN = (0.64, 0.06, 0.11, 0.03, 0.02, 0.04, 0.09, 0.01)

# How often a line of writing is underlined by hand.
_UNDERLINED = 0.04

# How often there is a rule between any two digits, as between the boxes of a form.
_BOXED = 0.06


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


@dataclass(frozen=True, slots=True)
class SceneSign:
    """A sign between numbers, or a stroke beside them; these are no marks.

    Args:
        sign: one of ``items.SIGNS``, or "?" for any other stroke.
        box: left, top, right, bottom in pixels; may reach over the edges.
    """

    sign: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture and what is on it.

    Args:
        gray: uint8 [h, w].
        marks: digits and letters, in reading order.
        ink: float32 [h, w], where the ink of its writing truly is, 0 to 1.
        signs: what else is written, in the order of writing.
    """

    gray: npt.NDArray[np.uint8]
    marks: tuple[SceneMark, ...]
    ink: Plane
    signs: tuple[SceneSign, ...] = ()

    def resized(self, height: int, width: int) -> Scene:
        """Return the same scene with so many pixels."""
        size = (width, height)
        down, across = (now / was for now, was in zip(size[::-1], self.gray.shape, strict=True))
        factors = np.array([across, down, across, down])
        marks = tuple(
            SceneMark(mark.label, tuple((factors * mark.box).tolist())) for mark in self.marks
        )
        signs = tuple(
            SceneSign(one.sign, tuple((factors * one.box).tolist())) for one in self.signs
        )
        gray, ink = (
            cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (self.gray, self.ink)
        )
        return Scene(np.asarray(gray), marks, np.asarray(ink, np.float32), signs)

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
    marks, signs = _write(ink, kind, glyphs, hand, unit, rng)
    digits_ink = ink.copy()
    _intrude(ink, glyphs, hand, unit, rng)
    add_rules(ink, unit, rng)
    if kind == "number" and rng.random() < _BOXED:
        _rule_between(ink, marks, unit, rng)
    paper = random_paper(height, width, unit, 0.7 * hand.dark, rng)
    if rng.random() < 0.25:
        ink = ink * _pressure(height, width, rng)
    gray = photographed(paper, ink * np.float32(hand.dark), rng)
    return Scene(gray, tuple(marks), digits_ink, tuple(signs))


def _write(ink: Plane, kind: str, glyphs: Glyphs, hand: Hand, unit: float, rng: Rng) -> Written:
    match kind:
        case "blank":
            return [], []
        case "scribble":
            for _stroke in range(rng.integers(1, 4)):
                draw_scribble(ink, unit, rng)
            return [], []
        case "blob":
            draw_thing(ink, rng)
            return [], []
        case _:
            return _write_line(ink, kind, glyphs, hand, unit, rng)


def _write_line(
    ink: Plane, kind: str, glyphs: Glyphs, hand: Hand, unit: float, rng: Rng
) -> Written:
    """Write glyphs side by side until the line is full or the writer has had enough."""
    height, width = ink.shape
    gap, spread = _spacing(rng)
    top = rng.uniform(-0.04, 1.04) * max(0.0, height - unit) if height > unit else 0.0
    base, climb = top + unit, rng.normal(0, 0.02)
    small = width < 1.7 * height
    x = float(rng.uniform(-0.08, 0.4)) * unit if rng.random() < 0.7 else rng.uniform(0, 0.5) * width
    most = 99 if rng.random() < 0.75 else int(rng.integers(1, 6))
    marks: list[SceneMark] = []
    signs: list[SceneSign] = []
    for item in random_items(kind, rng):
        if len(marks) == most or x >= width - 0.1 * unit:
            break
        if item == SPACE:
            x += float(rng.uniform(0.2, 0.8)) * unit
            continue
        if item in SIGNS:
            room, box = draw_sign(ink, str(item), x, base + climb * x, unit, hand, rng)
            signs.append(SceneSign(str(item), box))
            x += room
            continue
        label, shape = pick_glyph(item, glyphs, hand, rng)
        high, lift = height_of(item, hand, unit, first=not marks)
        room = width - x
        scale, stretch = glyph_size(shape, high, rng)
        wide = (shape.box[2] - shape.box[0]) * scale * stretch
        if wide > room + 0.06 * unit and marks:
            break
        if wide > room and small:
            x = max(-0.05 * unit, width - wide)
        matrix = glyph_matrix(shape, scale, stretch, hand, rng, x, base - lift + climb * x)
        if small and not marks:
            matrix[0, 2] += _centering(shape, matrix, width, rng)
        box = draw_shape(ink, shape, matrix)
        if marks:
            join(ink, marks[-1].box, box, unit, hand, rng)
        marks.append(SceneMark(label, box))
        x = max(x, right_end(shape, matrix, hand, base)) + (gap + rng.normal(0, spread)) * unit
    if marks and rng.random() < _UNDERLINED:
        signs.append(_underline(ink, marks, base + climb * x, unit, hand, rng))
    return _seen(marks, height, width), signs


def _underline(
    ink: Plane, marks: list[SceneMark], base: float, unit: float, hand: Hand, rng: Rng
) -> SceneSign:
    """Draw a stroke below all that was written, or below some of it."""
    first, last = marks[0], marks[int(rng.integers(len(marks)))]
    ends = (first.box[0], last.box[2]) + rng.normal(0, 0.15, 2) * unit
    y = base + rng.uniform(0.05, 0.35) * unit
    path = np.array([(ends[0], y), (ends[1], y + rng.normal(0, 0.05) * unit)])
    pen = max(0.8, 2 * hand.pen * unit / 44)
    draw_path(ink, path.astype(np.float32), pen)
    low, high = path.min(0) - pen / 2, path.max(0) + pen / 2
    return SceneSign("?", (float(low[0]), float(low[1]), float(high[0]), float(high[1])))


def _rule_between(ink: Plane, marks: list[SceneMark], unit: float, rng: Rng) -> None:
    """Draw rules between the digits, as boxes have them, and below or above them all."""
    height, width = ink.shape
    thick, dark = rng.uniform(0.3, 0.07 * unit + 0.5), rng.uniform(0.25, 1)
    # Longer than any 1, which a shorter one could be.
    low, high = rng.uniform(-0.1, 0.02) * height, rng.uniform(0.98, 1.1) * height
    lean = rng.normal(0, 0.02) * height
    for first, second in itertools.pairwise(marks):
        x = (first.box[2] + second.box[0]) / 2 + rng.normal(0, 0.03) * unit
        draw_path(ink, np.array([[x, low], [x + lean, high]], np.float32), thick, dark)
    for y in (low, high):
        draw_path(ink, np.array([[-2, y], [width + 2, y]], np.float32), thick, dark)


def _spacing(rng: Rng) -> tuple[float, float]:
    """The usual gap between glyphs and how it varies, as parts of their height."""
    kind = rng.random()
    if kind < 0.08:
        return float(rng.uniform(-0.28, -0.1)), 0.04
    if kind < 0.4:
        return float(rng.uniform(-0.12, 0.08)), 0.05
    if kind < 0.8:
        return float(rng.uniform(0.05, 0.35)), 0.08
    if kind < 0.94:
        return float(rng.uniform(0.3, 1.6)), 0.15
    # As in the cells of a table.
    return float(rng.uniform(1.5, 7)), 0.3


def _centering(shape: Shape, matrix: Plane, width: int, rng: Rng) -> float:
    """How far to move a lone glyph so that it lies about the middle."""
    if rng.random() < 0.4:
        return 0.0
    left, top, right, bottom = shape.box
    corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]])
    columns = corners @ matrix[0, :2] + matrix[0, 2]
    room = width - float(np.ptp(columns))
    return float(rng.uniform(-0.02, 1.02) * room - columns.min())


def _intrude(ink: Plane, glyphs: Glyphs, hand: Hand, unit: float, rng: Rng) -> None:
    """Let the ends of another line's strokes reach in from above or below."""
    if rng.random() > 0.12:
        return
    height, width = ink.shape
    above = rng.random() < 0.5
    for _glyph_no in range(rng.integers(1, 5)):
        item = LETTER if rng.random() < 0.5 else int(rng.integers(10))
        _label, shape = pick_glyph(item, glyphs, hand, rng)
        scale, stretch = glyph_size(shape, unit, rng)
        reach = rng.uniform(0.02, 0.16) * height
        tall = (shape.box[3] - shape.box[1]) * scale
        base = reach if above else height - reach + tall
        matrix = glyph_matrix(shape, scale, stretch, hand, rng, rng.uniform(0, width), base)
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
