"""Pictures with what was read in them, the wrong ones marked: the 5 x 5 grid."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tenfold.figures._check import as_images, as_labels, as_probabilities
from tenfold.figures._examples import digits
from tenfold.figures._examples import probabilities as made_up
from tenfold.figures._style import INK, LINE, RED, drawn
from tenfold.figures._words import percent
from tenfold.language import text as _

__all__ = ["example", "predictions"]

SIDE = 5


@drawn
def predictions(
    images: npt.ArrayLike, labels: npt.ArrayLike | None, probabilities: npt.ArrayLike
) -> Figure:
    """Draw the first 25 images in blue; under each the true digit, the predicted, its probability.

    A wrong prediction has a thick frame and a cross before its words, so color alone says nothing.

    Args:
        images: uint8 [N, 28, 28], 0 (paper) to 255 (ink).
        labels: integer [N], 0 to 9; None if the truth is not known.
        probabilities: float [N, 10], each row adding up to 1.

    Raises:
        InputError: if an array is otherwise.
    """
    images = as_images(images)
    rows = as_probabilities(probabilities, len(images))
    truth = None if labels is None else as_labels(labels, len(images))
    shown = min(len(images), SIDE * SIDE)
    columns = min(SIDE, math.ceil(math.sqrt(shown)))
    lines = math.ceil(shown / columns)
    figure = Figure(figsize=(max(1.95 * columns, 3), 2.35 * lines + 0.6), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False).flat
    for at, axes in enumerate(grid):
        if at < shown:
            _draw(axes, images[at], rows[at], None if truth is None else int(truth[at]))
        else:
            axes.set_axis_off()
    if truth is not None:
        right = int((rows[:shown].argmax(axis=1) == truth[:shown]).sum())
        figure.suptitle(_("{right} of {count} read correctly", right=right, count=shown))
    return figure


def _draw(
    axes: Axes, image: npt.NDArray[np.uint8], row: npt.NDArray[np.float64], truth: int | None
) -> None:
    predicted = int(row.argmax())
    share = percent(float(row[predicted]), 2)
    wrong = truth is not None and truth != predicted
    axes.imshow(image, cmap="Blues", vmin=0, vmax=255)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color=RED if wrong else LINE, linewidth=3 if wrong else 1)
    if truth is None:
        words = _("predicted {predicted}\n{share}", predicted=predicted, share=share)
    else:
        words = _(
            "true {truth}, predicted {predicted}\n{share}",
            truth=truth,
            predicted=predicted,
            share=share,
        )
    axes.set_xlabel(f"✗ {words}" if wrong else words, color=RED if wrong else INK, linespacing=1.3)


def example() -> Figure:
    """Draw 25 made-up digits, some of them read wrongly."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 10, 25)
    return predictions(digits(labels), labels, made_up(labels, rng))
