"""Rows of numbers, as scikit-learn has them, to images."""

from __future__ import annotations

import math
import warnings
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tenfold.data import SIZE, Images
from tenfold.errors import InputError
from tenfold.language import text as _

__all__ = ["Range", "as_images", "as_rows", "range_of", "warn_of_scale"]

Rows: TypeAlias = npt.NDArray[Any]

Range: TypeAlias = tuple[float, float]

CHUNK = 1 << 22
"""How many numbers are scaled at a time."""

FAR = 100
"""How many times wider or narrower than in ``fit`` values may be without a warning."""


def as_rows(values: Any) -> Any:
    """Return square images [N, side, side] as rows [N, side * side], anything else as it is.

    Raises:
        InputError: for images that are not square, or more than one channel.
    """
    if isinstance(values, list | tuple):
        try:
            values = np.asarray(values)
        except ValueError:
            # Ragged: scikit-learn says it in its own words.
            return values
    shape: tuple[int, ...] = getattr(values, "shape", ())
    if len(shape) < 3:
        return values
    if len(shape) > 3 or shape[1] != shape[2]:
        raise InputError(
            _(
                "Received X {shape}; expected square images [N, side, side], or [N, features].",
                shape=list(shape),
            )
        )
    return np.asarray(values).reshape(shape[0], shape[1] * shape[2])


def range_of(rows: Rows) -> Range:
    """Return the values that become 0 and 255."""
    return (0.0, 255.0) if rows.dtype == np.uint8 else (float(rows.min()), float(rows.max()))


def warn_of_scale(rows: Rows, seen: Range) -> None:
    """Warn if ``rows`` are on quite another scale than those of ``fit``, as 0 to 1 for 0 to 255."""
    low, high = range_of(rows)
    wide, fitted = high / 2 - low / 2, seen[1] / 2 - seen[0] / 2
    if wide and fitted and not 1 / FAR < wide / fitted < FAR:
        warnings.warn(
            _(
                "X goes from {low:.3g} to {high:.3g}, but from {first:.3g} to {last:.3g} in fit; "
                "give images of one scale to both.",
                low=low,
                high=high,
                first=seen[0],
                last=seen[1],
            ),
            stacklevel=4,
        )


def as_images(rows: Rows, seen: Range) -> Images:
    """Return rows [N, features] as uint8 [N, 28, 28].

    Args:
        rows: finite numbers.
        seen: the values that become 0 and 255; what is outside is clipped.
    """
    count, features = rows.shape
    if rows.dtype == np.uint8 and features == SIZE * SIZE and seen == (0.0, 255.0):
        # PyTorch warns of memory that may not be written, such as a memory map's.
        return np.require(rows, requirements=["C", "W"]).reshape(count, SIZE, SIZE)
    images = np.empty((count, SIZE, SIZE), np.uint8)
    size = max(1, CHUNK // features)
    for at in range(0, count, size):
        part = slice(at, at + size)
        images[part] = np.rint(_resampled(_gray(rows[part], seen)))
    return images


def _gray(rows: Rows, seen: Range) -> npt.NDArray[np.float64]:
    """Values of 0 to 255."""
    # Halves, for the difference of two numbers may be beyond the largest.
    low, high = seen[0] / 2, seen[1] / 2
    if low == high:
        return np.zeros(rows.shape)
    shares = (rows.astype(np.float64) / 2 - low) / (high - low)
    return np.asarray(shares.clip(0, 1) * 255)


def _resampled(grays: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rows laid out in the smallest square, each of 28x28 pixels the mean of its area."""
    count, features = grays.shape
    side = math.isqrt(features - 1) + 1
    padded = np.zeros((count, side * side))
    padded[:, :features] = grays
    square = padded.reshape(count, side, side)
    if side == SIZE:
        return square
    shares = _area_shares(side)
    return np.asarray(shares @ square @ shares.T)


def _area_shares(side: int) -> npt.NDArray[np.float64]:
    """[28, side]: the share that each of ``side`` equal pieces of a line has in each of 28."""
    ours = np.linspace(0, side, SIZE + 1)
    pieces = np.arange(side)
    begin = np.maximum(ours[:-1, None], pieces)
    end = np.minimum(ours[1:, None], pieces + 1)
    overlap = np.maximum(end - begin, 0)
    return np.asarray(overlap / overlap.sum(axis=1, keepdims=True))
