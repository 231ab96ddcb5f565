"""Accuracy over one parameter of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from tenfold.errors import InputError
from tenfold.figures._style import BLUE, MUTED, ORANGE, PAPER, drawn
from tenfold.figures._words import percent, shortened, shown
from tenfold.language import text as _

__all__ = ["example", "sweep"]

# Positive numbers whose largest is this many times the smallest get a logarithmic axis.
DECADES = 30
LEAST = 1e-100
MOST_TICKS, MOST_TRIALS, MOST_CATEGORIES = 12, 10_000, 100


@dataclass(frozen=True, slots=True, eq=False)
class _Trials:
    """Along: a position for each trial; up: its accuracy in percent, NaN where it has none."""

    along: npt.NDArray[np.float64]
    up: npt.NDArray[np.float64]
    categories: tuple[str, ...]


@drawn
def sweep(values: Sequence[object], accuracies: Sequence[float | None], parameter: str) -> Figure:
    """Draw every trial as a point, the best one marked.

    Numbers that span decades get a logarithmic axis; what is not all numbers becomes categories
    in the order of first appearance. A trial without an accuracy is a cross at the bottom.

    Args:
        values: the parameter's value in each trial: numbers, words or anything with a name.
        accuracies: each trial's accuracy, 0 to 1; None or NaN if it has none.
        parameter: what to call it.

    Raises:
        InputError: if the lengths differ, no trial has an accuracy, or one is out of range.
    """
    trials = _trials(values, accuracies)
    figure = Figure(figsize=(7.6, 4.8), layout="constrained")
    axes = figure.subplots()
    best = int(np.nanargmax(trials.up))
    _draw(axes, trials, best)
    _scale(axes, trials)
    axes.set(xlabel=shortened(str(parameter), 60), ylabel=_("Accuracy (%)"))
    axes.grid(visible=True)
    axes.set_axisbelow(True)
    figure.suptitle(
        _(
            "Best: {parameter} = {value}, {share}",
            parameter=shortened(str(parameter), 30),
            value=_named(values[best]),
            share=percent(float(trials.up[best]) / 100, 2),
        )
    )
    figure.legend(loc="outside lower center", ncols=3)
    return figure


def _trials(values: object, accuracies: object) -> _Trials:
    given, rows = _listed(values), _listed(accuracies)
    if not given or not rows or len(given) != len(rows) or len(given) > MOST_TRIALS:
        raise _no_trials(values, accuracies)
    up = np.array([_accuracy(row) for row in rows])
    if np.isnan(up).all():
        raise InputError(_("No trial has an accuracy; there is nothing to draw."))
    numbers = [_number(value) for value in given]
    if all(np.isfinite(numbers)):
        return _Trials(np.array(numbers), up * 100, ())
    names = [_named(value) for value in given]
    categories = tuple(dict.fromkeys(names))
    if len(categories) > MOST_CATEGORIES:
        raise InputError(
            _(
                "Received {count} different values that are no numbers; expected at most {most}.",
                count=len(categories),
                most=MOST_CATEGORIES,
            )
        )
    places = {name: at for at, name in enumerate(categories)}
    return _Trials(np.array([float(places[name]) for name in names]), up * 100, categories)


def _listed(values: object) -> list[object] | None:
    if isinstance(values, np.ndarray):
        return list(values) if values.ndim == 1 else None
    return None if isinstance(values, str) or not isinstance(values, Sequence) else list(values)


def _no_trials(values: object, accuracies: object) -> InputError:
    return InputError(
        _(
            "Received values {values} and accuracies {accuracies}; expected two sequences of the "
            "same length, 1 to {most}.",
            values=shown(values),
            accuracies=shown(accuracies),
            most=MOST_TRIALS,
        )
    )


def _accuracy(row: object) -> float:
    if row is None:
        return float("nan")
    number = _number(row)
    if np.isfinite(number) and not 0 <= number <= 1:
        raise InputError(
            _(
                "Received {key!r} of {value}; expected a share, 0 to 1.",
                key="accuracy",
                value=number,
            )
        )
    return number if np.isfinite(number) else float("nan")


def _number(value: object) -> float:
    """The value as a number; NaN for what is none, or fits no axis."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return float("nan")
    try:
        number = float(value)
    except (OverflowError, TypeError):
        return float("nan")
    return number if number == 0 or LEAST <= abs(number) <= 1 / LEAST else float("nan")


def _named(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return shortened(value if isinstance(value, str) else shown(value), 24)


def _draw(axes: Axes, trials: _Trials, best: int) -> None:
    scored = np.isfinite(trials.up)
    axes.scatter(
        trials.along[scored],
        trials.up[scored],
        s=48,
        color=BLUE,
        alpha=0.8,
        edgecolor=PAPER,
        zorder=3,
        label=_("one trial"),
    )
    axes.scatter(
        trials.along[best],
        trials.up[best],
        s=130,
        marker="D",
        color=ORANGE,
        edgecolor=PAPER,
        linewidth=1.5,
        zorder=4,
        label=_("best"),
    )
    if not scored.all():
        axes.plot(
            trials.along[~scored],
            np.full((~scored).sum(), 0.02),
            "x",
            color=MUTED,
            transform=axes.get_xaxis_transform(),
            label=_("without a score"),
        )


def _scale(axes: Axes, trials: _Trials) -> None:
    if trials.categories:
        axes.set_xticks(range(len(trials.categories)), trials.categories)
        axes.set_xlim(-0.6, len(trials.categories) - 0.4)
        longest = max(map(len, trials.categories)) * len(trials.categories)
        if longest > 60:
            axes.tick_params(axis="x", rotation=30)
        return
    distinct = np.unique(trials.along)
    places = distinct
    if distinct[0] > 0 and distinct[-1] >= DECADES * distinct[0]:
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
        places = np.log(distinct)
    # The usual labels of powers are formulas, which the house style writes as they are.
    axes.xaxis.set_major_formatter("{x:g}")
    if len(distinct) == 1 or np.diff(places).min() * MOST_TICKS >= places[-1] - places[0]:
        axes.set_xticks(distinct, [f"{value:g}" for value in distinct])
        axes.xaxis.set_minor_locator(NullLocator())


def example() -> Figure:
    """Draw a made-up grid of four learning rates, three trials each, one of them failed."""
    rates = [rate for rate in (0.0001, 0.001, 0.01, 0.1) for _trial in range(3)]
    means = {0.0001: 0.962, 0.001: 0.984, 0.01: 0.9905, 0.1: 0.971}
    rng = np.random.default_rng(8)
    scores: list[float | None] = [means[rate] + float(rng.normal(0, 0.002)) for rate in rates]
    scores[-1] = None
    return sweep(rates, scores, "learning_rate")
