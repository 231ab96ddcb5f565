"""Many small pictures as one: quick to draw, and all on one scale."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb

from tenfold.figures._style import BLUE, LINE, PAPER, RED

__all__ = ["DIVERGING", "RISING", "diverging", "reach", "rising", "tiled"]

# Red below 0, white at 0, blue above; and for what is never negative, white to dark blue.
DIVERGING = LinearSegmentedColormap.from_list("tenfold-diverging", [RED, PAPER, BLUE])
RISING = LinearSegmentedColormap.from_list("tenfold-rising", [PAPER, "#9CC4E0", BLUE, "#00304D"])


def diverging(limit: float) -> ScalarMappable:
    """Return the scale from -limit (red) over 0 (white) to limit (blue)."""
    return ScalarMappable(Normalize(-limit, limit), DIVERGING)


def rising(limit: float) -> ScalarMappable:
    """Return the scale from 0 (white) to limit (dark blue)."""
    return ScalarMappable(Normalize(0, limit), RISING)


def reach(values: npt.NDArray[np.float64]) -> float:
    """Return where a scale ends: past 99.5 % of the magnitudes, never 0."""
    sizes = np.abs(values)
    return float(np.quantile(sizes, 0.995)) or float(sizes.max()) or 1.0


def tiled(
    pictures: npt.NDArray[np.float64], scale: ScalarMappable, columns: int, gap: float
) -> npt.NDArray[np.float64]:
    """Color pictures and lay them in rows of ``columns``, each framed in gray.

    Args:
        pictures: float64 [N, H, W], at least one.
        scale: gives a value its color.
        columns: how many in a row, at least 1.
        gap: the frame's width as a share of a picture's smaller side, above 0; small pictures are
            enlarged until that is a whole pixel.

    Returns:
        float64 [rows, columns, 3], colors from 0 to 1; white where no picture is left.
    """
    larger = max(1, math.ceil(1 / (gap * min(pictures.shape[1:]))))
    # Not to_rgba, which takes [N, H, 3] for a picture that has its colors.
    colors = np.asarray(scale.cmap(scale.norm(pictures)))[..., :3]
    colors = colors.repeat(larger, axis=1).repeat(larger, axis=2)
    count, height, width, _channels = colors.shape
    frame = max(1, round(gap * min(height, width)))
    down, right = height + frame, width + frame
    sheet = np.ones((math.ceil(count / columns) * down + frame, columns * right + frame, 3))
    for at, picture in enumerate(colors):
        top, left = at // columns * down, at % columns * right
        sheet[top : top + down + frame, left : left + right + frame] = to_rgb(LINE)
        sheet[top + frame : top + down, left + frame : left + right] = picture
    return sheet
