"""One digit's ink placed in a small square, the way MNIST's makers placed theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError
from tenfold.language import text as _

__all__ = ["Placement", "place"]


@dataclass(frozen=True, slots=True)
class Placement:
    """The constants of a placement; they travel inside the model that was trained with them.

    Source: https://yann.lecun.org/exdb/mnist/ : digits fit a box of 20 x 20 pixels with their
    aspect kept, and their center of mass lies in the middle of 28 x 28.

    Args:
        size: pixels of a side of the square, 8 to 512.
        box: pixels of the longest side of the ink inside, 4 to ``size``.
        thinnest: strokes narrower than this many pixels of the square are widened to it, since
            MNIST's pens were broad and a hairline fades when it shrinks; 0 widens none.

    Raises:
        InputError: if a value is outside its range.
    """

    size: int = 28
    box: int = 20
    thinnest: float = 1.6

    def __post_init__(self) -> None:
        whole = all(type(value) is int for value in (self.size, self.box))
        number = type(self.thinnest) in (int, float)
        if not (
            whole
            and number
            and 8 <= self.size <= 512
            and 4 <= self.box <= self.size
            and 0 <= self.thinnest <= self.box / 2
        ):
            raise InputError(
                _(
                    "Received a placement of size {size!r}, box {box!r}, thinnest {thinnest!r}; "
                    "expected whole numbers with 8 <= size <= 512 and 4 <= box <= size, "
                    "and 0 <= thinnest <= box / 2.",
                    size=self.size,
                    box=self.box,
                    thinnest=self.thinnest,
                )
            )

    def to_dict(self) -> dict[str, int | float]:
        """Return the constants as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Placement:
        """Make a placement from plain data; what is not given keeps its default.

        Raises:
            InputError: if a name is unknown or a value is outside its range.
        """
        known = [field.name for field in fields(cls)]
        if unknown := sorted(set(values) - set(known)):
            raise InputError(
                _(
                    "Received {unknown} in a placement; expected {known}.",
                    unknown=", ".join(map(str, unknown)),
                    known=", ".join(known),
                )
            )
        return cls(**values)


def place(
    ink: npt.NDArray[np.float32], placement: Placement | None = None
) -> npt.NDArray[np.float32]:
    """Place a digit's ink in a square.

    Args:
        ink: float32 [h, w], 0 paper to 1 full ink, cut to the digit's box.
        placement: the constants; by default MNIST's.

    Returns:
        float32 [size, size] in [0, 1], bright ink on black.
    """
    placement = placement or Placement()
    widened = _widened(ink, placement.thinnest * max(ink.shape) / placement.box)
    height, width = widened.shape
    scale = placement.box / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(widened, size, interpolation=cv2.INTER_AREA).reshape(size[::-1])
    return _centered(small, placement.size)


def _widened(ink: npt.NDArray[np.float32], thinnest: float) -> npt.NDArray[np.float32]:
    """Grow strokes whose mean width is below ``thinnest`` pixels by what they lack."""
    if thinnest <= 2:
        return ink
    mask = np.pad((ink >= 0.5).view(np.uint8), 1)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 5)[mask > 0]
    if depth.size == 0:
        return ink
    # Across a stroke w wide, the mean distance to its edge is w / 4, and half a pixel more.
    lacking = thinnest - 4 * (float(depth.mean()) - 0.5)
    reach = round(lacking / 2)
    if reach < 1:
        return ink
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    grown = cv2.dilate(np.pad(ink, reach), disc)
    return np.asarray(grown, dtype=np.float32)


def _centered(small: npt.NDArray[np.float32], size: int) -> npt.NDArray[np.float32]:
    """Put ``small`` into [size, size] with its center of mass as near the middle as it fits."""
    height, width = small.shape
    placed = np.zeros((size, size), np.float32)
    total = float(small.sum())
    if total <= 0:
        return placed
    row = float(small.sum(axis=1) @ np.arange(height, dtype=np.float32)) / total
    column = float(small.sum(axis=0) @ np.arange(width, dtype=np.float32)) / total
    top = min(max(round(size / 2 - row), 0), size - height)
    left = min(max(round(size / 2 - column), 0), size - width)
    placed[top : top + height, left : left + width] = np.clip(small, 0, 1)
    return placed
