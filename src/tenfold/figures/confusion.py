"""The confusion matrix: which digit was taken for which."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from tenfold.data.images import CLASSES
from tenfold.figures._check import as_counts
from tenfold.figures._style import BLUE, INK, MUTED, PAPER, RED, drawn
from tenfold.figures._words import percent
from tenfold.language import text as _

__all__ = ["confusion", "example"]

# An error's color runs over shares of its row from 1 in 10,000 to 1 in 10, by their logarithm.
FAINTEST, STRONGEST = 1e-4, 1e-1


@drawn
def confusion(matrix: npt.ArrayLike) -> Figure:
    """Draw the counts, true digits as rows, predicted as columns; right ones blue, errors red.

    The diagonal is muted, and errors are colored by the logarithm of their share of the row on a
    scale that is the same in every figure, so that rare errors show and two models compare.

    Args:
        matrix: integer [10, 10], counts by true and predicted digit.

    Raises:
        InputError: if the matrix is otherwise, or all zero.
    """
    counts = as_counts(matrix)
    totals = counts.sum(axis=1, keepdims=True, dtype=np.float64)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    strength = _strength(shares)
    figure = Figure(figsize=(7.2, 7.2), layout="constrained")
    axes = figure.subplots()
    axes.imshow(_colors(strength))
    _write_counts(axes, counts, strength)
    _write_shares(axes, shares.diagonal(), totals[:, 0] > 0)
    digits = range(CLASSES)
    axes.set(xticks=digits, yticks=digits, xlabel=_("Predicted digit"), ylabel=_("True digit"))
    axes.set_xticks(np.arange(CLASSES + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(CLASSES + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=PAPER, linewidth=2)
    axes.tick_params(which="both", length=0, labelsize=11)
    axes.spines[:].set_visible(False)
    count = sum(int(value) for value in counts.flat)
    right = sum(int(value) for value in counts.diagonal())
    figure.suptitle(
        _("{share} of {count} correct", share=percent(right / count, 2), count=f"{count:,}")
    )
    return figure


def _strength(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How strongly each cell is colored, 0 to 1."""
    decades = np.log10(np.maximum(shares, FAINTEST) / FAINTEST)
    errors = 0.1 + 0.9 * np.clip(decades / np.log10(STRONGEST / FAINTEST), 0, 1) ** 2
    strength = np.where(shares > 0, errors, 0.0)
    np.fill_diagonal(strength, 0.08 + 0.3 * shares.diagonal())
    return strength


def _colors(strength: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Mix each cell's color with white; an empty cell is the faintest gray."""
    full = np.full((CLASSES, CLASSES, 3), to_rgb(RED))
    full[np.diag_indices(CLASSES)] = to_rgb(BLUE)
    colors = 1 - strength[..., None] * (1 - full)
    colors[strength == 0] = to_rgb("#F5F7F9")
    return np.asarray(colors)


def _write_counts(
    axes: Axes, counts: npt.NDArray[np.integer], strength: npt.NDArray[np.float64]
) -> None:
    size = min(11.0, 52 / len(str(counts.max())))
    for (true, predicted), value in np.ndenumerate(counts):
        color = PAPER if strength[true, predicted] > 0.75 else INK if value else MUTED
        axes.text(predicted, true, str(value), ha="center", va="center", fontsize=size, color=color)


def _write_shares(
    axes: Axes, shares: npt.NDArray[np.float64], present: npt.NDArray[np.bool_]
) -> None:
    """Write beside each row how much of it is right."""
    for true in np.flatnonzero(present).tolist():
        axes.text(
            CLASSES - 0.35, true, percent(shares[true], 1), va="center", color=MUTED, fontsize=10
        )
    axes.text(CLASSES - 0.35, -0.75, _("correct"), va="center", color=MUTED, fontsize=10)


def example() -> Figure:
    """Draw made-up counts of 10,000 images, 98.6 % of them right."""
    rng = np.random.default_rng(7)
    labels = rng.integers(0, CLASSES, 10_000)
    confused = np.where(rng.random(10_000) < 0.015, rng.integers(0, CLASSES, 10_000), labels)
    matrix = np.zeros((CLASSES, CLASSES), np.int64)
    np.add.at(matrix, (labels, confused), 1)
    return confusion(matrix)
