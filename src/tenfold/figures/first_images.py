"""The first images of a data set, as in the first part of every tutorial."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from tenfold.figures._check import as_images, as_labels, as_whole
from tenfold.figures._examples import digits
from tenfold.figures._style import MUTED, drawn

__all__ = ["example", "first_images"]

# Inches: a picture's side with its gap, the line above it, the page's edge.
CELL, LABEL, MARGIN = 0.85, 0.22, 0.15
LARGEST = 20


@drawn
def first_images(images: npt.ArrayLike, labels: npt.ArrayLike | None, side: int = 3) -> Figure:
    """Draw the first ``side`` x ``side`` images in gray, each with its label above.

    Args:
        images: uint8 [N, 28, 28], 0 (paper) to 255 (ink); drawn bright on black.
        labels: integer [N], 0 to 9, or None.
        side: images in a row and in a column, 1 to 20; with fewer images the rest stays empty.

    Raises:
        InputError: if an array or ``side`` is otherwise.
    """
    images = as_images(images)
    known = None if labels is None else as_labels(labels, len(images))
    as_whole("side", side, LARGEST)
    width, height = CELL * side + 2 * MARGIN, (CELL + LABEL) * side + 2 * MARGIN
    figure = Figure(figsize=(width, height))
    grid = figure.subplots(side, side, squeeze=False, gridspec_kw=_places(width, height)).flat
    for at, axes in enumerate(grid):
        axes.set_axis_off()
        if at < len(images):
            axes.imshow(images[at], cmap="gray", vmin=0, vmax=255)
            if known is not None:
                axes.set_title(str(known[at]), loc="center", color=MUTED, fontsize=11, pad=3)
    return figure


def _places(width: float, height: float) -> dict[str, float]:
    """Where the pictures stand on a page of this size.

    By hand, because the constrained layout takes ten seconds for a grid of 20 x 20.
    """
    return {
        "left": MARGIN / width,
        "right": 1 - MARGIN / width,
        "bottom": MARGIN / height,
        "top": 1 - (MARGIN + LABEL) / height,
        "wspace": 0.12,
        "hspace": (LABEL + 0.12 * CELL) / CELL,
    }


def example() -> Figure:
    """Draw nine made-up digits."""
    labels = np.array([5, 0, 4, 1, 9, 2, 1, 3, 1])
    return first_images(digits(labels), labels)
