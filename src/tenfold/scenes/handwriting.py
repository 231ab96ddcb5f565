"""How a hand draws a glyph: the pen, the slant, the wobble."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.grid import GRID

__all__ = ["Hand", "Shape", "draw_path", "draw_shape", "random_hand"]

Plane = npt.NDArray[np.float32]
Rng = np.random.Generator

# Farther than this from a stroke nothing is drawn; kept small so that a warp stays smooth.
_FAR = 24.0


@dataclass(frozen=True, slots=True)
class Hand:
    """What one person does alike in all of a line.

    Args:
        pen: half the pen's width, in cells of a glyph's grid.
        own: whether digits keep the width that their writer's pen had.
        slant: how far the top leans to the right, as a part of the height.
        wobble: how far strokes stray, in cells of the grid.
        dark: how dark the ink is, 0 to 1.
        steady: whether strokes that are straight are drawn as with a ruler, upright or level.
        taught: how often a digit is drawn as schools teach it, and not as some digit of MNIST.
        habits: for each digit, which of the taught ways is this person's, 0 to 1.
        joined: how often a digit is joined to the one before it.
        zeros: how high zeros after a number's first digit are, as a part of other digits' height.
        raised: how far smaller zeros stand above the base line, 0 to 1: at the others' height.
    """

    pen: float
    own: bool
    slant: float
    wobble: float
    dark: float
    steady: bool = False
    taught: float = 0.28
    habits: tuple[float, ...] = (0.0,) * 10
    joined: float = 0.0
    zeros: float = 1.0
    raised: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A glyph ready to be drawn.

    Args:
        distance: float32 [64, 64], cells to the nearest stroke; below 0 inside of it.
        box: left, top, right, bottom of the strokes, in cells.
    """

    distance: Plane
    box: tuple[float, float, float, float]

    @classmethod
    def of(cls, lines: npt.NDArray[np.bool_], hand: Hand, rng: Rng, *, solid: bool) -> Shape:
        """Take center lines, or with ``solid`` a body, and let the hand wobble.

        The pen's width is already part of the distance.
        """
        distance = cv2.distanceTransform((~lines).view(np.uint8), cv2.DIST_L2, 5)
        if solid:
            depth = cv2.distanceTransform(lines.view(np.uint8), cv2.DIST_L2, 5)
            distance = distance - depth + 0.5 - (hand.pen - 2.6) * 0.4
        else:
            distance = distance - hand.pen
        distance = np.minimum(distance, _FAR)
        if hand.wobble > 0:
            distance = _wobbled(distance, hand.wobble, rng)
        inside = distance < 0
        rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
        if rows.size == 0:
            return cls(distance, (GRID / 2 - 1, GRID / 2 - 1, GRID / 2 + 1, GRID / 2 + 1))
        box = (columns[0] - 0.5, rows[0] - 0.5, columns[-1] + 0.5, rows[-1] + 0.5)
        return cls(distance, tuple(map(float, box)))  # type: ignore[arg-type] # four of them


def random_hand(rng: Rng) -> Hand:
    """Return some person's hand."""
    return Hand(
        pen=float(np.exp(rng.uniform(np.log(0.7), np.log(5.0)))),
        own=rng.random() < 0.45,
        slant=float(rng.normal(0.0, 0.18) if rng.random() < 0.75 else rng.normal(0.4, 0.2)),
        wobble=float(rng.uniform(0, 2.2)) if rng.random() < 0.6 else 0.0,
        dark=float(rng.uniform(0.35, 1.0)),
        taught=float(rng.choice((0.04, 0.35, 0.95), p=(0.4, 0.3, 0.3))),
        habits=tuple(rng.random(10).tolist()),
        joined=float(rng.uniform(0.2, 0.9)) if rng.random() < 0.15 else 0.0,
        zeros=float(rng.uniform(0.35, 0.85)) if rng.random() < 0.2 else 1.0,
        raised=float(rng.choice((0.0, 0.5, 1.0), p=(0.6, 0.15, 0.25))),
    )


def draw_shape(canvas: Plane, shape: Shape, matrix: Plane) -> tuple[float, float, float, float]:
    """Draw ``shape`` on ``canvas`` [h, w] in place, the darker ink winning.

    Args:
        canvas: float32, 0 paper to 1 ink.
        shape: what to draw.
        matrix: float32 [2, 3] from cells of the grid to pixels of the canvas.

    Returns:
        The box of its ink on the canvas: left, top, right, bottom, not cut at the edges.
    """
    left, top, right, bottom = shape.box
    corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]], np.float32)
    placed = corners @ matrix[:, :2].T + matrix[:, 2]
    low, high = placed.min(0), placed.max(0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    height, width = canvas.shape
    x0, y0 = max(0, int(low[0]) - 2), max(0, int(low[1]) - 2)
    x1, y1 = min(width, int(high[0]) + 3), min(height, int(high[1]) + 3)
    if x1 <= x0 or y1 <= y0:
        return box
    moved = matrix.astype(np.float64).copy()
    moved[:, 2] -= (x0, y0)
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    patch = cv2.warpAffine(
        shape.distance, moved, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR, borderValue=_FAR
    ).reshape(y1 - y0, x1 - x0)
    ink = np.clip(0.5 - patch * scale, 0, 1)
    target = canvas[y0:y1, x0:x1]
    np.maximum(target, ink, out=target)
    return box


def draw_path(canvas: Plane, points: Plane, width: float, dark: float = 1.0) -> None:
    """Draw a line through ``points`` float32 [n, 2] (x, y) in pixels, smooth at its edges."""
    fixed = np.rint(points * 16).astype(np.int32)
    layer = np.zeros(canvas.shape, np.uint8)
    cv2.polylines(layer, [fixed], False, 255, max(1, round(width)), cv2.LINE_AA, 4)
    np.maximum(canvas, layer * np.float32(dark * min(1.0, width) / 255), out=canvas)


def _wobbled(distance: Plane, reach: float, rng: Rng) -> Plane:
    coarse = rng.normal(0, reach / 2, (2, 4, 4)).astype(np.float32)
    across, down = (
        cv2.resize(part, (GRID, GRID), interpolation=cv2.INTER_CUBIC) for part in coarse
    )
    row, column = np.mgrid[0:GRID, 0:GRID].astype(np.float32)
    return np.asarray(
        cv2.remap(
            distance, column + across, row + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    )
