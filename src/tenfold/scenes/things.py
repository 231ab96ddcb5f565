"""Things that are no writing: clothes, bottles, whatever has a shape and some shades."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["draw_thing"]

Plane = npt.NDArray[np.float32]
Rng = np.random.Generator


def draw_thing(ink: Plane, rng: Rng) -> None:
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
