"""The square on which a glyph is kept."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["BOX", "GRID", "centered"]

GRID = 64
"""Cells of a side of the square."""

BOX = 44
"""Cells of a glyph's longest side; the rest is room for the pen."""

Mask = npt.NDArray[np.bool_]


def centered(mask: Mask) -> Mask:
    """Return ``mask`` in the middle of the grid, bool [64, 64]; what is too large is cut off."""
    height, width = mask.shape
    grid = np.zeros((GRID, GRID), np.bool_)
    top, left = max(0, (GRID - height) // 2), max(0, (GRID - width) // 2)
    grid[top : top + height, left : left + width] = mask[:GRID, :GRID]
    return grid
