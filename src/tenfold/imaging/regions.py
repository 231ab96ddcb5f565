"""A place on a picture, and the ink of one digit there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Box", "Region"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels.

    Args:
        x: the leftmost column.
        y: the topmost row.
        width: columns, at least 1.
        height: rows, at least 1.
    """

    x: int
    y: int
    width: int
    height: int

    def to_dict(self) -> dict[str, int]:
        """Return the four numbers as plain data."""
        return {"x": self.x, "y": self.y, "width": self.width, "height": self.height}

    @classmethod
    def around(cls, corners: npt.ArrayLike) -> Box:
        """Return the smallest box around some; of each, at least one, the four ``corners``."""
        sides = np.asarray(corners)
        (left, top), (right, bottom) = sides[:, :2].min(0), sides[:, 2:4].max(0)
        return cls(int(left), int(top), int(right - left), int(bottom - top))

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom; the last two are the first column and row beyond it."""
        return self.x, self.y, self.x + self.width, self.y + self.height

    def scaled(self, factor_x: float, factor_y: float) -> Box:
        """Return the smallest box of whole pixels over this one after scaling."""
        left, top = int(self.x * factor_x), int(self.y * factor_y)
        right = math.ceil((self.x + self.width) * factor_x - 1e-6)
        bottom = math.ceil((self.y + self.height) * factor_y - 1e-6)
        return Box(left, top, max(1, right - left), max(1, bottom - top))


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """One digit found.

    Args:
        box: where, in pixels of the ink's plane.
        ink: float32 [box.height, box.width], 0 paper to 1 full ink, of this digit alone.
    """

    box: Box
    ink: npt.NDArray[np.float32]
