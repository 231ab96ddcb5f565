"""What is on a sheet before anybody writes on it, and what lies around it.

Frames, tables, comb fields, ruled and squared paper, small print, the dark of a desk or a binding.
All of it is drawn on one plane, 0 nothing to 1 as dark as it gets, in place.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.glyphs import Glyphs
from tenfold.scenes.handwriting import draw_path

__all__ = ["Grid", "add_band", "add_print", "draw_frame", "draw_grid", "draw_ruling", "random_grid"]

Plane = npt.NDArray[np.float32]
Rng = np.random.Generator

# Columns and rows of a table, in pixels: the edges of its cells, ascending.
Grid = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


def random_grid(height: int, width: int, unit: float, rng: Rng) -> Grid:
    """Return the edges of cells that hold digits ``unit`` high; some reach over the picture."""
    high = unit * np.exp(rng.uniform(np.log(1.08), np.log(2.6)))
    wide = high * np.exp(rng.uniform(np.log(0.7), np.log(4.0)))
    columns, rows = (
        np.arange(rng.uniform(-0.95, 0.25) * step, side + step, step)
        for step, side in ((wide, width), (high, height))
    )
    if rng.random() < 0.4:
        columns = columns + rng.normal(0, 0.12 * wide, len(columns))
    return np.sort(columns), np.sort(rows)


def draw_grid(plane: Plane, grid: Grid, unit: float, rng: Rng) -> None:
    """Draw the lines between cells, thin or thick, a little askew, here and there missing."""
    height, width = plane.shape
    columns, rows = grid
    thick, dark = _pen(unit, rng), rng.uniform(0.25, 1)
    lean, climb = rng.normal(0, 0.012, 2)
    for at in columns:
        if rng.random() < 0.93:
            _line(plane, (at, -2), (at + lean * height, height + 2), thick, dark, rng)
    for at in rows:
        if rng.random() < 0.93:
            _line(plane, (-2, at), (width + 2, at + climb * width), thick, dark, rng)


def draw_frame(plane: Plane, box: tuple[float, float, float, float], unit: float, rng: Rng) -> None:
    """Draw a box as printed or as drawn by hand; at times the teeth of a comb, or an oval."""
    left, top, right, bottom = box
    thick, dark = _pen(unit, rng), rng.uniform(0.25, 1)
    kind = rng.random()
    if kind < 0.06:
        middle = (round((left + right) / 2), round((top + bottom) / 2))
        size = (max(1, round((right - left) / 1.5)), max(1, round((bottom - top) / 1.5)))
        cv2.ellipse(plane, middle, size, 0, 0, 360, float(dark), max(1, round(thick)), cv2.LINE_AA)
        return
    shake = 0.0 if rng.random() < 0.7 else 0.05 * unit
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    corners = corners + rng.normal(0, shake + 0.3, (4, 2))
    first = int(kind < 0.14)
    for side in range(first, 4):
        _line(plane, corners[side], corners[(side + 1) % 4], thick, dark, rng)
    if rng.random() < 0.25:
        for at in np.arange(left, right, max(4.0, unit * rng.uniform(0.6, 1.2)))[1:]:
            start = top if rng.random() < 0.5 else bottom - rng.uniform(0.15, 0.5) * (bottom - top)
            _line(plane, (at, start), (at, bottom), thick, dark, rng)


def draw_ruling(plane: Plane, unit: float, rng: Rng) -> None:
    """Draw a ruled or squared page, or its margin line alone."""
    height, width = plane.shape
    thick, dark = min(_pen(unit, rng), 0.05 * unit + 0.7), rng.uniform(0.12, 0.9)
    squared = rng.random() < 0.35
    step = unit * (rng.uniform(0.3, 1.2) if squared else rng.uniform(0.8, 2.4))
    climb = rng.normal(0, 0.02)
    if squared or rng.random() < 0.85:
        for at in np.arange(rng.uniform(0, step), height + abs(climb) * width, max(step, 4.0)):
            _line(plane, (-2, at), (width + 2, at - climb * width), thick, dark, rng)
    if squared:
        for at in np.arange(rng.uniform(0, step), width, max(step, 4.0)):
            _line(plane, (at, -2), (at + climb * height, height + 2), thick, dark, rng)
    if not squared and rng.random() < 0.5:
        at, lean = rng.uniform(0, width), rng.normal(0, 0.02)
        for _twice in range(rng.integers(1, 3)):
            margin = (at, -2), (at + lean * height, height + 2)
            _line(plane, *margin, thick * rng.uniform(0.8, 2), rng.uniform(0.2, 1), rng)
            at += rng.uniform(0.08, 0.2) * unit


def add_print(plane: Plane, glyphs: Glyphs, unit: float, rng: Rng) -> None:
    """Set a line or two of small print, machine letters, anywhere."""
    height, width = plane.shape
    size = max(4.0, unit * rng.uniform(0.16, 0.55))
    dark = rng.uniform(0.3, 1)
    y = float(rng.uniform(-0.3 * size, height - 0.7 * size))
    for _row in range(rng.integers(1, 3)):
        x = float(rng.uniform(-0.5, 0.8) * width)
        for _letter in range(rng.integers(2, 14)):
            x += _set(plane, glyphs, x, y, size, dark, rng) + 0.12 * size
            if rng.random() < 0.15:
                x += 0.5 * size
        y += 1.4 * size


def add_band(gray: Plane, keep: Plane, rng: Rng) -> None:
    """Lay a desk, a binding or the next sheet over one side, darker or brighter than paper.

    Args:
        gray: float32 [h, w], the view; changed in place.
        keep: float32 [h, w], made 0 where the band hides what is written.
        rng: decides.
    """
    height, width = gray.shape
    side = rng.integers(4)
    length = height if side < 2 else width
    reach = rng.uniform(0.02, 0.4 if rng.random() < 0.5 else 0.15) * length
    row, column = np.mgrid[0:height, 0:width].astype(np.float32)
    depth, along = (row, column) if side < 2 else (column, row)
    if side % 2:
        depth = length - 1 - depth
    edge = reach + rng.normal(0, 0.06) * (along - along.mean())
    if rng.random() < 0.2:
        edge = edge + rng.normal(0, 0.05 * reach) * np.sin(along * rng.uniform(0.02, 0.3))
    cover = np.clip((edge - depth) / max(0.5, rng.uniform(0.3, 3)) + 0.5, 0, 1)
    level = rng.uniform(0, 0.45) if rng.random() < 0.75 else rng.uniform(0.3, 1)
    shade = level + rng.uniform(-0.2, 0.2) * (depth / max(1.0, reach))
    if rng.random() < 0.4:
        texture = rng.normal(0, rng.uniform(0.02, 0.12), gray.shape).astype(np.float32)
        shade = shade + cv2.GaussianBlur(texture, (0, 0), rng.uniform(0.5, 3)) * 2
    np.copyto(gray, (gray * (1 - cover) + np.clip(shade, 0, 1) * cover).astype(np.float32))
    keep *= 1 - cover
    if rng.random() < 0.3:
        # The shadow that a sheet's edge throws, or the bend of a page.
        away = np.clip((depth - edge) / rng.uniform(2, 0.5 * length + 3), 0, None)
        gray *= (1 - rng.uniform(0.1, 0.5) * np.exp(-away * 3)).astype(np.float32)


def _pen(unit: float, rng: Rng) -> float:
    """How wide a printed line is, in pixels."""
    return max(0.5, float(unit * np.exp(rng.uniform(np.log(0.012), np.log(0.16)))))


def _line(
    plane: Plane,
    start: npt.ArrayLike,
    end: npt.ArrayLike,
    thick: float,
    dark: float,
    rng: Rng,
) -> None:
    ends = np.array([start, end], np.float32)
    if rng.random() < 0.06:
        # Dots or dashes.
        share = np.linspace(0, 1, max(3, int(np.hypot(*(ends[1] - ends[0])) / (3 * thick + 2))))
        for low, high in zip(share[::2], share[1::2], strict=False):
            part = ends[0] + np.outer([low, high], ends[1] - ends[0])
            draw_path(plane, part.astype(np.float32), thick, dark)
        return
    draw_path(plane, ends, thick, dark)


def _set(
    plane: Plane, glyphs: Glyphs, x: float, y: float, size: float, dark: float, rng: Rng
) -> float:
    """Set one machine letter; return how wide it is."""
    body = Glyphs.lines(glyphs.types[rng.integers(len(glyphs.types))])
    rows, columns = np.flatnonzero(body.any(1)), np.flatnonzero(body.any(0))
    cut = body[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    high = max(2, round(size * cut.shape[0] / 44))
    wide = max(1, round(size * cut.shape[1] / 44))
    small = cv2.resize(cut, (wide, high), interpolation=cv2.INTER_AREA).reshape(high, wide)
    top, left = round(y + size) - high, round(x)
    height, width = plane.shape
    y0, y1, x0, x1 = max(0, top), min(height, top + high), max(0, left), min(width, left + wide)
    if y1 > y0 and x1 > x0:
        target = plane[y0:y1, x0:x1]
        part = small[y0 - top : y1 - top, x0 - left : x1 - left] * np.float32(dark)
        np.maximum(target, part, out=target)
    return float(wide)
