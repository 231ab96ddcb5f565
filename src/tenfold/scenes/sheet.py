"""A part of a sheet as a camera or a scanner sees it, and where on it the ink truly is.

What a network learns to find ink from: digits and other writing of every size, on forms, tables and
ruled paper, in frames, beside dark edges, in both polarities, pale or broad, sharp or thresholded.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.forms import (
    add_band,
    add_print,
    draw_frame,
    draw_grid,
    draw_ruling,
    random_grid,
)
from tenfold.scenes.glyphs import Glyphs
from tenfold.scenes.handwriting import Hand, Shape, draw_path, draw_shape, random_hand
from tenfold.scenes.items import LETTER, SIGNS, SPACE, Item, random_items
from tenfold.scenes.paper import blurred, captured, random_paper
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

__all__ = ["Sheet", "compose_sheet"]

Plane = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Rng = np.random.Generator

# What is written, and how often.
_LAYOUTS = ("one", "line", "strip", "boxes", "lines", "cells", "words", "marks", "thing", "nothing")
_OFTEN = (0.27, 0.12, 0.13, 0.07, 0.12, 0.11, 0.06, 0.05, 0.03, 0.04)

# Layouts whose digits may be as high as the view.
_FILLING = ("one", "strip", "boxes")

_SMALLEST = 8.0

# How often there is nothing but writing, as drawn on a screen or scanned from clean paper.
_PLAIN = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A view of a sheet, all uint8 [h, w].

    Args:
        gray: what the camera sees, 0 black to 255 white.
        digits: how much of each pixel the ink of digits covers, 0 to 255.
        others: the same of other writing: letters, signs, ticks, scribbles.
    """

    gray: Bytes
    digits: Bytes
    others: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class _Desk:
    """The planes that are drawn on, float32 [h, w], and who writes how large."""

    digits: Plane
    others: Plane
    forms: Plane
    glyphs: Glyphs
    hand: Hand
    unit: float
    rng: Rng

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.digits.shape
        return height, width


def compose_sheet(glyphs: Glyphs, height: int, width: int, rng: Rng) -> Sheet:
    """Return a view ``height`` x ``width`` pixels large; all follows from ``rng``."""
    layout = str(rng.choice(_LAYOUTS, p=_OFTEN))
    side = height if layout == "strip" else min(height, width)
    largest = (1.15 if layout in _FILLING else 0.6) * side
    smallest = max(_SMALLEST, {"one": 0.25, "strip": 0.45}.get(layout, 0.0) * side)
    unit = float(np.exp(rng.uniform(np.log(smallest), np.log(max(largest, smallest + 1)))))
    digits, others, forms = (np.zeros((height, width), np.float32) for _plane in range(3))
    desk = _Desk(digits, others, forms, glyphs, _hand(rng), unit, rng)
    _write(desk, layout)
    if rng.random() < _PLAIN:
        return _seen_plainly(desk)
    _furnish(desk)
    if layout in ("line", "lines") and rng.random() < 0.1 and height == width:
        turns = int(rng.integers(1, 4))
        digits, others, forms = (np.rot90(p, turns).copy() for p in (digits, others, forms))
        desk = replace(desk, digits=digits, others=others, forms=forms)
    return _seen(desk)


def _hand(rng: Rng) -> Hand:
    """Some person's hand: at times steady, a broad marker, or a pale pencil."""
    hand = random_hand(rng)
    if rng.random() < 0.18:
        hand = replace(hand, steady=True, slant=0.0, wobble=0.0)
    kind = rng.random()
    if kind < 0.12:
        return replace(hand, pen=float(rng.uniform(3.5, 7.0)))
    if kind < 0.32:
        return replace(hand, dark=float(rng.uniform(0.1, 0.4)))
    return hand


def _write(desk: _Desk, layout: str) -> None:
    match layout:
        case "one":
            _write_one(desk)
        case "line" | "words":
            height, _width = desk.shape
            base = desk.rng.uniform(0.2, 1.05) * (height - desk.unit) + desk.unit
            _write_line(desk, float(base), layout)
        case "strip":
            _write_strip(desk)
        case "boxes":
            _write_boxes(desk)
        case "lines":
            _write_lines(desk)
        case "cells":
            _write_cells(desk)
        case "marks":
            for _mark in range(desk.rng.integers(1, 3)):
                _draw_mark(desk)
        case "thing":
            draw_thing(desk.forms, desk.rng)
        case _:
            pass


def _write_one(desk: _Desk) -> None:
    """One glyph about the middle, in some of the views cut by an edge."""
    height, width = desk.shape
    rng = desk.rng
    item = int(rng.integers(10)) if rng.random() < 0.75 else LETTER
    label, shape, matrix, size = _glyph_about(desk, item, np.zeros(2))
    room = np.maximum(np.array([width, height]) - size, 0.08 * desk.unit)
    at = np.array([width, height]) / 2 + rng.uniform(-0.5, 0.5, 2) * room
    matrix[:, 2] += at
    draw_shape(desk.digits if label < NONE else desk.others, shape, matrix)
    if rng.random() < 0.3:
        around = rng.uniform(0.06, 0.5) * desk.unit
        half = np.maximum(size / 2, 0.35 * desk.unit) + around
        low, high = at - half, at + half
        draw_frame(desk.forms, (low[0], low[1], high[0], high[1]), desk.unit, rng)


def _draw_about(desk: _Desk, item: Item, middle: npt.NDArray[np.float64]) -> None:
    label, shape, matrix, _size = _glyph_about(desk, item, middle)
    draw_shape(desk.digits if label < NONE else desk.others, shape, matrix)


def _glyph_about(
    desk: _Desk, item: Item, middle: npt.NDArray[np.float64]
) -> tuple[int, Shape, Plane, npt.NDArray[np.float64]]:
    """A glyph's label, shape, matrix that puts it about ``middle`` (x, y), and its size."""
    label, shape = pick_glyph(item, desk.glyphs, desk.hand, desk.rng)
    scale, stretch = glyph_size(shape, desk.unit, desk.rng)
    matrix = glyph_matrix(shape, scale, stretch, desk.hand, desk.rng, 0.0, 0.0)
    center = np.array([shape.box[0] + shape.box[2], shape.box[1] + shape.box[3]]) / 2
    matrix[:, 2] = middle - matrix[:, :2] @ center
    size = np.array([shape.box[2] - shape.box[0], shape.box[3] - shape.box[1]]) * scale
    return label, shape, matrix, size


def _write_lines(desk: _Desk) -> None:
    height, _width = desk.shape
    rng = desk.rng
    pitch = desk.unit * rng.uniform(1.15, 2.6)
    for base in np.arange(rng.uniform(0.2, 1.3) * desk.unit, height + 0.6 * desk.unit, pitch):
        if rng.random() < 0.9:
            kind = str(rng.choice(("line", "mixed", "words"), p=(0.7, 0.1, 0.2)))
            _write_line(desk, float(base), kind)


def _write_strip(desk: _Desk) -> None:
    """A number cut out so narrowly that its digits reach the edges."""
    height, _width = desk.shape
    rng, unit = desk.rng, desk.unit
    base = rng.uniform(-0.03, 1.03) * max(0.0, height - unit) + unit
    left = rng.uniform(-0.05, 0.4) * unit
    _write_line(desk, float(base), "line", left=float(left))


def _write_boxes(desk: _Desk) -> None:
    """A row of boxes with a digit, a sign or nothing in each."""
    height, width = desk.shape
    rng, unit = desk.rng, desk.unit
    wide, high = unit * rng.uniform(0.65, 1.6), unit * rng.uniform(0.95, 1.9)
    top = rng.uniform(-0.1, 1.0) * max(0.0, height - high)
    columns = wide * (float(rng.uniform(-0.9, 0.4)) + np.arange(2.0 + width // wide))
    columns = columns[: rng.integers(2, 12)]
    draw_grid(desk.forms, (columns, np.array([top, top + high])), unit, rng)
    filled = rng.uniform(0.4, 1)
    for left, right in itertools.pairwise(columns):
        if rng.random() > filled:
            continue
        middle = np.array([(left + right) / 2, top + high / 2]) + rng.normal(0, 0.06, 2) * unit
        if rng.random() < 0.12:
            _draw_mark(desk, (float(middle[0]), float(middle[1])))
        else:
            _draw_about(desk, int(rng.integers(10)), middle)


def _write_line(
    desk: _Desk, base: float, layout: str, left: float | None = None, right: float | None = None
) -> None:
    """Write glyphs side by side from ``left`` on until ``right``, or the writer has had enough."""
    rng, unit, hand = desk.rng, desk.unit, desk.hand
    width = desk.shape[1]
    noted = "noted" if rng.random() < 0.15 else "number"
    kind = {"line": noted, "words": "word"}.get(layout, "mixed")
    gap = float(
        rng.choice((rng.uniform(-0.12, 0.08), rng.uniform(0.05, 0.35), rng.uniform(0.3, 1)))
    )
    x = float(rng.uniform(-0.3, 0.5) * width) if left is None else left
    end = float(width if right is None else right)
    most = int(rng.integers(1, 14)) if rng.random() < 0.7 else 99
    climb = rng.normal(0, 0.02)
    before: tuple[float, float, float, float] | None = None
    for item in random_items(kind, rng):
        if most == 0 or x >= end:
            break
        if item == SPACE:
            x += float(rng.uniform(0.2, 0.8)) * unit
            continue
        if item in SIGNS:
            room, _box = draw_sign(desk.others, str(item), x, base + climb * x, unit, hand, rng)
            x += room
            continue
        label, shape = pick_glyph(item, desk.glyphs, hand, rng)
        high, lift = height_of(item, hand, unit, first=before is None)
        scale, stretch = glyph_size(shape, high, rng)
        wide = (shape.box[2] - shape.box[0]) * scale * stretch
        if right is not None and x + wide > right and before:
            break
        matrix = glyph_matrix(shape, scale, stretch, hand, rng, x, base - lift + climb * x)
        plane = desk.digits if label < NONE else desk.others
        box = draw_shape(plane, shape, matrix)
        if before:
            join(plane, before, box, unit, hand, rng)
        before = box
        x = max(x, right_end(shape, matrix, hand, base)) + gap * unit
        x += rng.normal(0, 0.05) * unit
        most -= 1


def _write_cells(desk: _Desk) -> None:
    """Fill in a table: a number, a word, a tick or nothing in each of its cells."""
    rng, unit = desk.rng, desk.unit
    grid = random_grid(*desk.shape, unit, rng)
    draw_grid(desk.forms, grid, unit, rng)
    columns, rows = grid
    filled = rng.uniform(0.3, 1)
    for top, bottom in itertools.pairwise(rows):
        for left, right in itertools.pairwise(columns):
            if rng.random() > filled:
                continue
            wide = max(0.0, right - left - 0.6 * unit)
            x = left + rng.uniform(0.0, 0.9) * wide
            base = bottom - rng.uniform(-0.1, 1.0) * max(0.0, bottom - top - unit)
            if rng.random() < 0.1:
                _draw_mark(desk, ((left + right) / 2, (top + bottom) / 2))
                continue
            layout = "words" if rng.random() < 0.12 else "line"
            _write_line(desk, float(base), layout, float(x), float(right + 0.1 * unit))


def _draw_mark(desk: _Desk, at: tuple[float, float] | None = None) -> None:
    """Draw a tick, a cross, a dash, a scribble or a signature, which are no digits."""
    rng, unit = desk.rng, desk.unit
    height, width = desk.shape
    pen = max(0.7, 2 * desk.hand.pen * unit / 44)
    if at is None:
        at = (float(rng.uniform(0.1, 0.9) * width), float(rng.uniform(0.1, 0.9) * height))
    match rng.integers(5):
        case 0:
            strokes = [np.array([(-0.4, 0.0), (-0.15, 0.4), (0.5, -0.6)])]
        case 1:
            strokes = [
                np.array([(-0.4, -0.45), (0.4, 0.45)]),
                np.array([(-0.4, 0.45), (0.4, -0.45)]),
            ]
        case 2:
            strokes = [np.array([(-0.5, 0.0), (0.5, 0.0)])]
        case 3:
            draw_scribble(desk.others, unit, rng)
            return
        case _:
            steps = np.linspace(0, rng.uniform(2, 6) * np.pi, 40)
            flow = np.stack([0.12 * steps + 0.4 * np.sin(steps), 0.5 * np.cos(steps)], 1)
            strokes = [flow * rng.uniform(0.4, 1.3) * (1, rng.uniform(0.3, 1))]
    turn = rng.normal(0, 0.15)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    size = unit * rng.uniform(0.6, 1.5)
    for stroke in strokes:
        shaken = stroke + rng.normal(0, 0.06 if len(stroke) < 9 else 0.01, stroke.shape)
        draw_path(desk.others, (shaken @ matrix * size + at).astype(np.float32), pen)


def _furnish(desk: _Desk) -> None:
    """Rules, frames, print and specks, where there are not too many yet."""
    rng, unit = desk.rng, desk.unit
    height, width = desk.shape
    if rng.random() < 0.28:
        draw_ruling(desk.forms, unit, rng)
    if rng.random() < 0.25:
        # The frame of a cell that was cut out: its lines lie along the rim.
        low = rng.normal(0.02, 0.05, 2) * (width, height)
        high = (width, height) - rng.normal(0.02, 0.05, 2) * (width, height)
        draw_frame(desk.forms, (low[0], low[1], high[0], high[1]), unit, rng)
    if rng.random() < 0.12:
        add_print(desk.forms, desk.glyphs, unit, rng)
    if rng.random() < 0.04:
        draw_thing(desk.forms, rng)
    if rng.random() < 0.12:
        for _speck in range(rng.integers(1, 9)):
            at = (int(rng.integers(width)), int(rng.integers(height)))
            cv2.circle(
                desk.forms, at, int(rng.uniform(0, 0.05 * unit)), float(rng.uniform(0.3, 1)), -1
            )


def _seen_plainly(desk: _Desk) -> Sheet:
    """Ink on plain white, or the other way round."""
    rng = desk.rng
    gray = 1 - np.maximum(desk.digits, desk.others) * np.float32(desk.hand.dark)
    if rng.random() < 0.3:
        gray = _coarser(gray, rng)
    if rng.random() < 0.3:
        gray = gray * np.float32(rng.uniform(0.5, 1))
    view = captured(gray, rng)
    return Sheet(view, _as_bytes(desk.digits), _as_bytes(desk.others))


def _seen(desk: _Desk) -> Sheet:
    """Lay ink on paper, and look at it through some camera."""
    rng, hand = desk.rng, desk.hand
    height, width = desk.shape
    paper = random_paper(height, width, desk.unit, 0.7 * hand.dark, rng)
    ink = np.maximum(desk.digits, desk.others) * np.float32(hand.dark)
    if rng.random() < 0.06:
        ink *= _two_tones(height, width, rng)
    if rng.random() < 0.3:
        ink *= _texture(height, width, desk.unit, rng)
    forms = desk.forms * np.float32(rng.uniform(0.3, 1))
    gray = paper * (1 - ink) * (1 - forms)
    if rng.random() < 0.12:
        _invert_part(gray, rng)
    keep = np.ones((height, width), np.float32)
    while rng.random() < 0.22:
        add_band(gray, keep, rng)
    if rng.random() < 0.5:
        gray = blurred(
            gray, float(np.exp(rng.uniform(np.log(0.3), np.log(0.3 + 0.03 * desk.unit))))
        )
    if rng.random() < 0.35:
        gray = _coarser(gray, rng)
    if rng.random() < 0.25:
        gray = gray * np.float32(rng.uniform(0.4, 1)) + np.float32(rng.uniform(0, 0.1))
    view = captured(np.asarray(gray, np.float32), rng)
    if rng.random() < 0.13:
        view = _thresholded(view, rng)
    digits, others = (_as_bytes(plane * keep) for plane in (desk.digits, desk.others))
    return Sheet(view, digits, others)


def _texture(height: int, width: int, unit: float, rng: Rng) -> Plane:
    """Pressure that comes and goes, and the grain of a pencil."""
    coarse = rng.uniform(0.4, 1, (4, 6)).astype(np.float32)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        fine = rng.uniform(0.2, 1.4, (height, width)).astype(np.float32)
        smooth = smooth * np.clip(blurred(fine, 0.3 + 0.02 * unit), 0, 1)
    return np.asarray(smooth, np.float32).reshape(height, width)


def _two_tones(height: int, width: int, rng: Rng) -> Plane:
    """A stroke drawn over another is darker than both: here one half of all is paler."""
    row, column = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    across = (column - rng.uniform(0.3, 0.7) * width) * np.cos(angle)
    across += (row - rng.uniform(0.3, 0.7) * height) * np.sin(angle)
    return np.where(across > 0, np.float32(rng.uniform(0.35, 0.9)), np.float32(1))


def _invert_part(gray: Plane, rng: Rng) -> None:
    """A dark field with bright writing, beside paper that is as usual."""
    height, width = gray.shape
    x0, x1 = np.sort(rng.integers(0, width + 1, 2))
    y0, y1 = np.sort(rng.integers(0, height + 1, 2))
    if rng.random() < 0.5:
        x0, x1 = 0, width
    part = gray[y0:y1, x0:x1]
    np.subtract(1, part, out=part)


def _coarser(gray: Plane, rng: Rng) -> Plane:
    """The same with fewer pixels, enlarged again."""
    height, width = gray.shape
    share = rng.uniform(0.3, 0.9)
    size = (max(8, round(width * share)), max(8, round(height * share)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    ways = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC)
    large = cv2.resize(small, (width, height), interpolation=ways[rng.integers(3)])
    return np.asarray(large, np.float32)


def _thresholded(view: Bytes, rng: Rng) -> Bytes:
    """Black and white, as scanners and careless programs make it."""
    if rng.random() < 0.5:
        otsu, _image = cv2.threshold(view, 0, 255, cv2.THRESH_OTSU)
        level = float(np.clip(otsu + rng.normal(0, 12), 1, 254))
        return np.asarray(cv2.threshold(view, level, 255, cv2.THRESH_BINARY)[1], np.uint8)
    window = 2 * int(rng.integers(5, 20)) + 1
    inverted = view.mean() < 127
    view = 255 - view if inverted else view
    kind, offset = cv2.ADAPTIVE_THRESH_MEAN_C, float(rng.uniform(3, 15))
    crisp = np.asarray(
        cv2.adaptiveThreshold(view, 255, kind, cv2.THRESH_BINARY, window, offset), np.uint8
    )
    return 255 - crisp if inverted else crisp


def _as_bytes(plane: Plane) -> Bytes:
    return np.rint(np.clip(plane, 0, 1) * 255).astype(np.uint8)
