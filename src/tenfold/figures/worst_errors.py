"""The worst errors: the images that were most confidently read wrongly."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tenfold.figures._check import as_images, as_labels, as_probabilities, as_whole
from tenfold.figures._examples import digits
from tenfold.figures._examples import probabilities as made_up
from tenfold.figures._style import INK, LINE, MUTED, drawn
from tenfold.figures._words import percent
from tenfold.language import text as _

__all__ = ["example", "worst_errors"]

SIDE, LARGEST = 5, 10


@drawn
def worst_errors(
    images: npt.ArrayLike, labels: npt.ArrayLike, probabilities: npt.ArrayLike, side: int = SIDE
) -> Figure:
    """Draw the errors of highest confidence first, with the true digit, the predicted, confidence.

    Above each stands its place in the data set, counted from 0, so that it can be found again.

    Args:
        images: uint8 [N, 28, 28], 0 (paper) to 255 (ink).
        labels: integer [N], 0 to 9.
        probabilities: float [N, 10], each row adding up to 1.
        side: images in a row and in a column, 1 to 10.

    Raises:
        InputError: if an array or ``side`` is otherwise.
    """
    images = as_images(images)
    truth = as_labels(labels, len(images))
    rows = as_probabilities(probabilities, len(images))
    as_whole("side", side, LARGEST)
    wrong = np.flatnonzero(rows.argmax(axis=1) != truth)
    worst = wrong[np.argsort(-rows[wrong].max(axis=1), kind="stable")][: side * side]
    columns = min(side, max(1, math.ceil(math.sqrt(len(worst)))))
    lines = max(1, math.ceil(len(worst) / columns))
    figure = Figure(figsize=(max(1.85 * columns, 4.2), 2.4 * lines + 0.6), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False).flat
    for at, axes in enumerate(grid):
        if at < len(worst):
            chosen = int(worst[at])
            _draw(axes, images[chosen], rows[chosen], int(truth[chosen]), chosen)
        else:
            axes.set_axis_off()
    figure.suptitle(_title(len(worst), len(wrong), len(images)))
    return figure


def _title(drawn_count: int, wrong: int, count: int) -> str:
    if not wrong:
        return _("No errors in {count} images", count=f"{count:,}")
    if drawn_count == wrong:
        return _("All {wrong} errors in {count} images", wrong=f"{wrong:,}", count=f"{count:,}")
    return _(
        "The {shown} most confident of {wrong} errors in {count} images",
        shown=drawn_count,
        wrong=f"{wrong:,}",
        count=f"{count:,}",
    )


def _draw(
    axes: Axes,
    image: npt.NDArray[np.uint8],
    row: npt.NDArray[np.float64],
    truth: int,
    place: int,
) -> None:
    predicted = int(row.argmax())
    axes.imshow(image, cmap="gray_r", vmin=0, vmax=255)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=LINE)
    axes.set_title(_("no. {place}", place=place), loc="center", fontsize=9, color=MUTED, pad=4)
    words = _(
        "true {truth}, predicted {predicted}\n{share}",
        truth=truth,
        predicted=predicted,
        share=percent(float(row[predicted]), 2),
    )
    axes.set_xlabel(words, color=INK, linespacing=1.3)


def example() -> Figure:
    """Draw the nine worst of the made-up errors."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 10, 400)
    return worst_errors(digits(labels), labels, made_up(labels, rng), side=3)
