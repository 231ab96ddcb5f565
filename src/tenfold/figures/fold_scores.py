"""The scores of a cross-validation: a box a recipe, a point a fold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cbook import boxplot_stats
from matplotlib.figure import Figure

from tenfold.errors import InputError
from tenfold.figures._check import as_numbers
from tenfold.figures._style import BLUE, INK, LINE, MUTED, ORANGE, PAPER, drawn
from tenfold.figures._words import shortened, shown
from tenfold.language import text as _

__all__ = ["example", "fold_scores"]

MOST = 50
BOX, FILL = 0.46, "#EAF3F9"
Scores = dict[str, npt.NDArray[np.float64]]


@drawn
def fold_scores(scores: Mapping[str, npt.ArrayLike]) -> Figure:
    """Draw a box plot of accuracies for each recipe, every fold a point; mean and n are written.

    The box spans the quartiles with the median in it, whiskers reach the last point within 1.5
    boxes.

    Args:
        scores: a recipe's name -> float [N], the accuracy of each fold or seed, 0 to 1.

    Raises:
        InputError: if there is nothing to draw, or an accuracy is out of range.
    """
    rows = _rows(scores)
    figure = Figure(figsize=(8.5, 1.6 + 0.62 * len(rows)), layout="constrained")
    axes = figure.subplots()
    _draw_boxes(axes, rows)
    _draw_points(axes, rows)
    _write_means(axes, rows)
    axes.set_yticks(range(len(rows)), [shortened(name, 30) for name in rows], color=INK)
    axes.set(xlabel=_("Accuracy (%)"), ylim=(len(rows) - 0.45, -0.6))
    axes.tick_params(axis="y", length=0, labelsize=11)
    axes.spines["left"].set_visible(False)
    axes.grid(visible=True, axis="x")
    axes.set_axisbelow(True)
    figure.legend(loc="outside upper left", ncols=2)
    return figure


def _rows(scores: object) -> Scores:
    if not isinstance(scores, Mapping) or not 1 <= len(scores) <= MOST:
        raise InputError(
            _(
                "Received {received}; expected a mapping of 1 to {most} names to accuracies.",
                received=shown(scores),
                most=MOST,
            )
        )
    rows: Scores = {}
    for name, values in scores.items():
        row = as_numbers(_("accuracies"), values, ("N",))
        if row.min() < 0 or row.max() > 1:
            bad = row[(row < 0) | (row > 1)][0]
            raise InputError(
                _(
                    "Received {key!r} of {value}; expected a share, 0 to 1.",
                    key=str(name),
                    value=float(bad),
                )
            )
        rows[str(name)] = row * 100
    return rows


def _draw_boxes(axes: Axes, rows: Scores) -> None:
    """Draw boxes and whiskers; Axes.boxplot would load pyplot, and with it a screen's backend."""
    for at, stats in enumerate(boxplot_stats(list(rows.values()))):
        low, middle, high = stats["q1"], stats["med"], stats["q3"]
        ends = [stats["whislo"], stats["whishi"]]
        axes.hlines([at, at], [ends[0], high], [low, ends[1]], color=MUTED, linewidth=1.2)
        axes.vlines(ends, at - 0.1, at + 0.1, color=MUTED, linewidth=1.2)
        axes.barh(at, high - low, BOX, low, color=FILL, edgecolor=MUTED, linewidth=1.2)
        axes.vlines(middle, at - BOX / 2, at + BOX / 2, color=INK, linewidth=1.8)


def _draw_points(axes: Axes, rows: Scores) -> None:
    for at, row in enumerate(rows.values()):
        # Spread in the order of the folds, so that equal scores do not hide each other.
        heights = at + np.linspace(-0.13, 0.13, len(row)) if len(row) > 1 else np.array([at])
        axes.scatter(
            row,
            heights,
            s=34,
            color=BLUE,
            edgecolor=PAPER,
            linewidth=0.8,
            zorder=3,
            label=_("one fold or seed") if at == 0 else None,
        )
        axes.scatter(
            row.mean(),
            at,
            s=70,
            marker="D",
            color=ORANGE,
            edgecolor=PAPER,
            zorder=4,
            label=_("mean") if at == 0 else None,
        )


def _write_means(axes: Axes, rows: Scores) -> None:
    for at, row in enumerate(rows.values()):
        if len(row) > 1:
            words = f"{row.mean():.2f} ± {row.std(ddof=1):.2f}%   n = {len(row)}"
        else:
            words = f"{row.mean():.2f}%   n = 1"
        axes.annotate(
            words,
            (1, at),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
        )
        if at:
            axes.axhline(at - 0.5, color=LINE, linewidth=0.8, zorder=0)


def example() -> Figure:
    """Draw three made-up recipes of five folds each."""
    rng = np.random.default_rng(4)
    means = {"cnn-baseline": 0.9868, "cnn-batchnorm": 0.9867, "cnn-deep": 0.9905}
    return fold_scores({name: rng.normal(mean, 0.001, 5) for name, mean in means.items()})
