"""Precision, recall and F1 of each digit, with intervals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tenfold.data.images import CLASSES
from tenfold.figures._check import as_counts
from tenfold.figures._style import BLUE, GREEN, INK, LINE, ORANGE, PAPER, drawn
from tenfold.figures._words import percent
from tenfold.language import text as _
from tenfold.metrics import Shares, score_classes

__all__ = ["class_scores", "example"]

STEP = 0.22


@drawn
def class_scores(matrix: npt.ArrayLike) -> Figure:
    """Draw each digit's precision, recall and F1 as points with their 95 % intervals.

    Args:
        matrix: integer [10, 10], counts by true and predicted digit.

    Raises:
        InputError: if the matrix is otherwise, or all zero.
    """
    counts = as_counts(matrix)
    scores = score_classes(counts)
    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.subplots()
    for at in range(1, CLASSES):
        axes.axvline(at - 0.5, color=LINE, linewidth=0.8, zorder=0)
    _draw(axes, scores.precision, -STEP, (BLUE, "o"), _("precision"))
    _draw(axes, scores.recall, 0, (ORANGE, "s"), _("recall"))
    _draw(axes, scores.f1, STEP, (GREEN, "D"), "F1")
    axes.set_xticks(range(CLASSES), [str(digit) for digit in range(CLASSES)], color=INK)
    axes.set(xlim=(-0.5, CLASSES - 0.5), xlabel=_("Digit"), ylabel=_("Score (%)"))
    axes.set_ylim(top=100 + 0.02 * (100 - axes.get_ylim()[0]))
    axes.tick_params(axis="x", length=0, labelsize=12)
    axes.grid(visible=True, axis="y")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1.0), ncols=3, borderaxespad=0.2)
    axes.set_title(
        _("Macro F1 {share}, bars are 95% intervals", share=percent(scores.macro_f1, 2)),
        fontsize=12,
    )
    return figure


def _draw(axes: Axes, shares: Shares, shift: float, look: tuple[str, str], label: str) -> None:
    x = np.arange(CLASSES) + shift
    color, marker = look
    axes.vlines(x, shares.low * 100, shares.high * 100, color=color, linewidth=2, alpha=0.5)
    axes.plot(
        x, shares.value * 100, marker, color=color, ms=8, mec=PAPER, label=label, clip_on=False
    )


def example() -> Figure:
    """Draw the scores of made-up counts, 98 % of them right."""
    rng = np.random.default_rng(11)
    labels = rng.integers(0, CLASSES, 10_000)
    chance = np.linspace(0.005, 0.03, CLASSES)[labels]
    confused = np.where(rng.random(10_000) < chance, rng.integers(0, CLASSES, 10_000), labels)
    matrix = np.zeros((CLASSES, CLASSES), np.int64)
    np.add.at(matrix, (labels, confused), 1)
    return class_scores(matrix)
