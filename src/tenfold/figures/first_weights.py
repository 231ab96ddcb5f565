"""What the first layer looks for: its weights as pictures."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from tenfold.figures._check import as_numbers, as_whole
from tenfold.figures._style import LINE, drawn
from tenfold.figures._tiles import diverging, reach, tiled
from tenfold.language import text as _

__all__ = ["example", "first_weights"]

LARGEST = 1024


@drawn
def first_weights(weights: npt.ArrayLike, most: int = 64) -> Figure:
    """Draw each unit's weights, blue where ink raises it, red where ink lowers it, white at 0.

    All are on one scale, which ends where 99.5 % of the magnitudes lie below.

    Args:
        weights: float [N, H, W]: for a dense layer one picture a unit, for a convolution one
            kernel a filter.
        most: how many at most, from the first; 1 to 1,024.

    Raises:
        InputError: if the weights or ``most`` are otherwise.
    """
    given = as_numbers(_("weights"), weights, ("N", "H", "W"))
    pictures = given[: as_whole("most", most, LARGEST)]
    columns = math.ceil(math.sqrt(len(pictures)))
    scale = diverging(reach(pictures))
    sheet = tiled(pictures, scale, columns, gap=0.08)
    height = 6.6 * sheet.shape[0] / sheet.shape[1]
    figure = Figure(figsize=(7.6, height + 0.9), layout="constrained")
    axes = figure.subplots()
    axes.imshow(sheet, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(scale, ax=axes, shrink=0.6, aspect=25, pad=0.02)
    bar.outline.set_edgecolor(LINE)
    size = f"{given.shape[1]}×{given.shape[2]}"
    words = _("Weights of the first layer: {count} of {size}", count=len(given), size=size)
    if len(pictures) < len(given):
        words = _(
            "Weights of the first layer: the first {shown} of {count} of {size}",
            shown=len(pictures),
            count=len(given),
            size=size,
        )
    figure.suptitle(words)
    return figure


def example() -> Figure:
    """Draw 32 made-up kernels."""
    rows, columns = np.mgrid[-1:1:5j, -1:1:5j]
    turns = np.linspace(0, 2 * np.pi, 32, endpoint=False)[:, None, None]
    return first_weights(np.sin(3 * (np.cos(turns) * rows + np.sin(turns) * columns) + turns))
