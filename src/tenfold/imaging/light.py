"""What light falls on the paper: the brightness that each pixel would have without ink."""

from __future__ import annotations

import functools
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.imaging._quantile import ranked

__all__ = ["find_paper"]

# Longest side of the small copy on which light is studied; light changes slowly.
_SIDE = 64

# What comes out is never darker, so that dividing by it is safe.
_DARKEST = 0.05

# The surface is fitted again, so often, to what lies this near it.
_ROUNDS = 2
_NEAR = 0.03

# Light is even where the surface comes so near to so much of the paper along the rim.
_EVEN = 0.05
_EVEN_SHARE = 0.9

# So much of the rim is of one brightness where nothing but paper lies there.
_LEVEL_SHARE = 0.8

# How many times more than the darkness of what is narrow the paper's share says which is ink.
_PAPER_WEIGHT = 4

Plane: TypeAlias = npt.NDArray[np.float32]


def find_paper(gray: Plane, bright_ink: bool | None = None) -> tuple[Plane, bool]:
    """Estimate the paper's brightness under and around the ink, and which way round the ink is.

    Args:
        gray: float32 [h, w] in [0, 1].
        bright_ink: whether the ink is brighter than the paper; by default found out.

    Returns:
        The paper, float32 [h, w] in [0.05, 1.5], of ``gray`` or, if the ink is brighter than the
        paper, of ``1 - gray``; and whether the ink is brighter.
    """
    small = _small(gray)
    basis = _basis(*small.shape)
    reach = max(3, max(small.shape) * 2 // 5 | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    filled = _as_plane(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), small.shape)
    emptied = _as_plane(cv2.morphologyEx(small, cv2.MORPH_OPEN, kernel), small.shape)
    residual = small - _plane(small)
    is_bright = residual > _otsu(residual)
    if bright_ink is None:
        for_dark = _PAPER_WEIGHT * (_paperness(is_bright) - 0.5)
        bright_ink = for_dark + _darkness(small, filled, emptied) < 0.5
    if bright_ink:
        small, filled, is_bright = 1 - small, 1 - emptied, ~is_bright
    surface = _paper_surface(basis, small, is_bright)
    paper = surface
    if not _is_even(small, surface, is_bright):
        # Filling in follows the edges of shadows, which no smooth surface does, but it takes the
        # inside of very broad strokes for paper. Each is too bright where it fails.
        paper = np.minimum(surface, filled)
    paper = np.clip(paper, _DARKEST, 1.5)
    height, width = gray.shape
    enlarged = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return _as_plane(enlarged, gray.shape), bright_ink


def _paperness(is_bright: npt.NDArray[np.bool_]) -> float:
    """How much of the picture the brighter kind of pixels takes, 0 to 1.

    Ink is the smaller part. The rim counts as much as the inside, for paper reaches it.
    """
    return float(is_bright.mean() + _rim(is_bright).mean()) / 2


def _darkness(small: Plane, filled: Plane, emptied: Plane) -> float:
    """How much of what is narrow in the picture is dark, 0 to 1; shadows are not narrow."""
    dark = float(np.square(filled - small).sum())
    bright = float(np.square(small - emptied).sum())
    return dark / (dark + bright) if dark + bright > 0 else 0.5


def _is_even(small: Plane, surface: Plane, is_paper: npt.NDArray[np.bool_]) -> bool:
    """Whether the smooth surface is all that the light needs: an edge of a shadow meets the rim."""
    off = _rim(np.abs(small - surface))[_rim(is_paper)]
    return bool(off.size and (off < _EVEN).mean() >= _EVEN_SHARE)


def _rim(plane: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])


def _paper_surface(basis: Plane, small: Plane, is_paper: npt.NDArray[np.bool_]) -> Plane:
    """A smooth surface through the paper, float32 [h, w]; beginning with the likely paper."""
    is_level = np.abs(small - ranked(_rim(small), 0.5)) < _EVEN
    if _rim(is_level).mean() >= _LEVEL_SHARE:
        # Where the rim is of one brightness it tells the paper from all that is on it.
        return _surface(basis, small, is_level.astype(np.float32))
    surface = _surface(basis, small, is_paper.astype(np.float32))
    for _round in range(_ROUNDS):
        off = np.abs(small - surface)
        is_paper = off <= max(_NEAR, 2 * ranked(off, 0.5))
        surface = _surface(basis, small, is_paper.astype(np.float32))
    return surface


def _small(gray: Plane) -> Plane:
    height, width = gray.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    return _as_plane(small, size[::-1])


def _plane(values: Plane) -> Plane:
    """The least-squares fit of a plane to ``values``, float32 [h, w]."""
    height, width = values.shape
    # The columns of the first three terms are orthogonal: each coefficient is found alone.
    terms = _basis(height, width)[:, :3]
    lengths = np.maximum(np.square(terms).sum(axis=0), np.float32(1e-6))
    coefficients = (values.ravel() @ terms) / lengths
    return np.asarray(terms @ coefficients, np.float32).reshape(values.shape)


@functools.lru_cache(maxsize=64)
def _basis(height: int, width: int) -> Plane:
    """The terms 1, y, x, yy, xx, xy at each pixel, float32 [h * w, 6]."""
    y, x = np.meshgrid(
        _steps(height),
        _steps(width),
        indexing="ij",
    )
    terms = (np.ones_like(y), y, x, y * y, x * x, x * y)
    return np.stack([term.ravel() for term in terms], axis=1)


def _steps(count: int) -> Plane:
    """``count`` steps from -1 to 1; of one step the middle."""
    return np.linspace(-1, 1, count, dtype=np.float32) if count > 1 else np.zeros(1, np.float32)


def _surface(basis: Plane, values: Plane, weights: Plane) -> Plane:
    """The weighted least-squares fit of ``basis`` to ``values``, float32 [h, w]."""
    weighted = basis * weights.reshape(-1, 1)
    normal = weighted.T.astype(np.float64) @ basis
    # A whisper of ridge keeps one-pixel-wide pictures solvable.
    normal += np.eye(len(normal)) * 1e-6 * len(basis)
    coefficients = np.linalg.solve(normal, weighted.T.astype(np.float64) @ values.ravel())
    return (basis @ coefficients.astype(np.float32)).reshape(values.shape)


def _otsu(values: Plane) -> float:
    """Otsu's threshold between the two kinds of values."""
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-6:
        return high
    levels = ((values - low) * (255 / (high - low))).astype(np.uint8)
    level, _levels = cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)
    return low + (level + 0.5) * (high - low) / 255


def _as_plane(image: npt.NDArray[Any], shape: tuple[int, ...]) -> Plane:
    """Give back the shape that OpenCV drops from planes of one column."""
    return np.asarray(image, np.float32).reshape(shape)
