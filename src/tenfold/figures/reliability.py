"""The reliability diagram: confidence beside accuracy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tenfold.figures._check import as_array, as_labels, as_probabilities, as_whole
from tenfold.figures._examples import probabilities as made_up
from tenfold.figures._style import BLUE, INK, MUTED, PAPER, RED, drawn
from tenfold.figures._words import percent
from tenfold.language import text as _
from tenfold.metrics import CalibrationCurve, measure_calibration, wilson_interval

__all__ = ["example", "reliability"]

LARGEST = 50


@drawn
def reliability(probabilities: npt.ArrayLike, labels: npt.ArrayLike, bins: int = 15) -> Figure:
    """Draw accuracy over confidence in bins of equal width, and below how many images each holds.

    A model whose confidence can be believed lies on the diagonal; below it, it is too sure. Bars
    are 95 % intervals. The expected calibration error is the mean gap, weighed by images.

    Args:
        probabilities: float [N, 10], each row adding up to 1.
        labels: integer [N], 0 to 9.
        bins: how many, 1 to 50.

    Raises:
        InputError: if an array or ``bins`` is otherwise.
    """
    given = as_array(probabilities)
    rows = as_probabilities(given, len(given) if given.ndim else 0)
    truth = as_labels(labels, len(rows))
    measured = measure_calibration(rows, truth, as_whole("bins", bins, LARGEST))
    figure = Figure(figsize=(7.2, 7.4), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    _draw_curve(above, measured)
    _draw_counts(below, measured)
    figure.suptitle(
        _(
            "Expected calibration error {expected}, largest gap {largest}",
            expected=percent(measured.expected_error, 2),
            largest=percent(measured.maximum_error, 1),
        )
    )
    return figure


def _draw_curve(axes: Axes, measured: CalibrationCurve) -> None:
    axes.plot([0, 100], [0, 100], "--", color=MUTED, linewidth=1.2, label=_("as sure as right"))
    filled = np.flatnonzero(measured.counts)
    x, y = measured.confidence[filled] * 100, measured.accuracy[filled] * 100
    axes.vlines(x, x, y, color=RED, linewidth=9, alpha=0.3, label=_("gap"), zorder=2)
    ends = [
        wilson_interval(int(measured.correct[at]), int(measured.counts[at]))
        for at in filled.tolist()
    ]
    low, high = (np.multiply(side, 100) for side in zip(*ends, strict=True))
    axes.vlines(x, low, high, color=BLUE, linewidth=1.6, zorder=2.5)
    axes.plot(x, y, "o", color=BLUE, ms=8, mec=PAPER, label=_("images of one bin"), zorder=3)
    axes.set(ylabel=_("Accuracy (%)"), xlim=(-1, 101), ylim=(-2, 102))
    axes.grid(visible=True)
    axes.legend(loc="upper left")


def _draw_counts(axes: Axes, measured: CalibrationCurve) -> None:
    width = 100 / len(measured.counts)
    middles = (measured.edges[:-1] + measured.edges[1:]) * 50
    axes.bar(middles, measured.counts, width=0.86 * width, color=BLUE, alpha=0.55)
    axes.set_yscale("log")
    axes.set_ylim(0.7, measured.counts.max() * 6)
    axes.set(xlabel=_("Confidence (%)"), ylabel=_("Images"))
    # The usual labels of powers are formulas, which the house style writes as they are.
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.tick_params(axis="y", which="minor", left=False)
    if len(measured.counts) <= 15:
        for x, count in zip(middles.tolist(), measured.counts.tolist(), strict=True):
            if count:
                axes.annotate(
                    str(count),
                    (x, count),
                    (0, 3),
                    textcoords="offset points",
                    ha="center",
                    fontsize=8,
                    color=INK,
                )


def example() -> Figure:
    """Draw made-up answers that are a little too sure."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 10, 5000)
    return reliability(made_up(labels, rng), labels)
