"""Digits in the ways that schools teach and people write them and MNIST hardly has, and signs.

A 1 with a flag and a base, a 7 with a bar, a 5 whose roof floats, an 8 of two boxes: strokes
through a few points (``strokes.toml``), which every drawing varies anew.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib.resources import files

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.grid import BOX, GRID

__all__ = ["Style", "draw_digit", "draw_none", "styles"]

# As many times as a glyph is high has the square room across; the rest is for points that stray.
_WIDEST = 1.1

Rng = np.random.Generator
Stroke = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Style:
    """One way to draw something.

    Args:
        curved: whether strokes are curves through their points.
        strokes: the points (x, y) of each, in a square from 0 to 1, y downwards.
    """

    curved: bool
    strokes: tuple[Stroke, ...]

    @property
    def reach(self) -> tuple[float, float]:
        """How far it goes to the left and to the right, at least from 0 to 1."""
        columns = [x for stroke in self.strokes for x, _y in stroke]
        return min(0.0, *columns), max(1.0, *columns)


@functools.cache
def styles() -> dict[str, tuple[Style, ...]]:
    """Return the ways to draw each digit, "0" to "9", and what is no digit, "none"."""
    table = tomllib.loads(files("tenfold.scenes").joinpath("strokes.toml").read_text("utf-8"))
    return {name: tuple(map(_style, lines)) for name, lines in table.items()}


def _style(line: str) -> Style:
    kind, strokes = line.split(": ")
    return Style(kind == "curve", tuple(map(_stroke, strokes.split("; "))))


def _stroke(points: str) -> Stroke:
    pairs = (point.split(",") for point in points.split())
    return tuple((float(x), float(y)) for x, y in pairs)


def draw_digit(
    label: int, rng: Rng, *, steady: bool = False, habit: float | None = None
) -> npt.NDArray[np.bool_]:
    """Return the center lines of a digit in one of its styles, bool [64, 64].

    Args:
        label: 0 to 9.
        rng: decides how far each point strays.
        habit: which style, 0 to 1; None for any.
        steady: whether none strays, so that straight strokes stay upright or level.
    """
    known = styles()[str(label)]
    habit = rng.random() if habit is None else habit
    return _drawn(known[int(habit * len(known))], rng, steady=steady)


def draw_none(rng: Rng) -> npt.NDArray[np.bool_]:
    """Return the center lines of a sign or a letter that is no digit, bool [64, 64]."""
    known = styles()["none"]
    return _drawn(known[rng.integers(len(known))], rng, steady=False)


def _drawn(style: Style, rng: Rng, *, steady: bool) -> npt.NDArray[np.bool_]:
    curved = style.curved or (rng.random() < 0.25 and not steady)
    left, right = style.reach
    narrow = rng.uniform(0.4, 1.0) * min(1.0, _WIDEST / (right - left))
    spread = rng.uniform(0.0, 0.07) * (not steady)
    canvas = np.zeros((GRID, GRID), np.uint8)
    moved: dict[tuple[float, float], npt.NDArray[np.float64]] = {}
    for stroke in style.strokes:
        # Strokes that meet in a point still meet, most of the time.
        for point in stroke:
            if point not in moved or rng.random() < 0.15:
                moved[point] = np.asarray(point) + rng.normal(0, spread, 2)
        path = np.stack([moved[point] for point in stroke])
        path = _curve(path) if curved and len(path) > 2 else path
        cells = (path - ((left + right) / 2, 0.5)) * (narrow * BOX, BOX) + GRID / 2
        fixed = np.rint(cells * 16).astype(np.int32)
        cv2.polylines(canvas, [fixed], False, 1, 1, cv2.LINE_8, 4)
    return canvas > 0


def _curve(path: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A smooth curve through the points of ``path`` [n, 2] (Catmull and Rom 1974)."""
    ends = np.vstack([2 * path[0] - path[1], path, 2 * path[-1] - path[-2]])
    t = np.linspace(0, 1, 10)[:, None]
    parts = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        parts.append(
            0.5
            * (
                2 * b
                + (c - a) * t
                + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * b - a - 3 * c + d) * t**3
            )
        )
    return np.concatenate(parts)
