"""Learning curves: loss above, accuracy below, over the epochs or steps of one run or several."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tenfold.errors import InputError, UnknownNameError
from tenfold.figures._check import field
from tenfold.figures._style import BLUE, GREEN, ORANGE, PAPER, drawn
from tenfold.figures._words import percent, shortened, shown
from tenfold.language import text as _

__all__ = ["History", "example", "learning_curves"]

History: TypeAlias = Sequence[object]
"""Rows, mappings or objects, oldest first."""

Values: TypeAlias = npt.NDArray[np.float64]

# With more points than this, markers would hide the line.
MARKED = 30
AXES = ("epoch", "step")


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """One line: ``x`` increasing; ``y`` of the same length, NaN where nothing was measured."""

    x: Values
    y: Values

    def __bool__(self) -> bool:
        return bool(np.isfinite(self.y).any())


@drawn
def learning_curves(
    histories: Sequence[History],
    title: str | None = None,
    test: tuple[float, float] | None = None,
    over: str | None = None,
) -> Figure:
    """Draw training in blue and validation in orange; of several runs, each thin, their mean thick.

    The mean is taken where every run has a row. A value that is missing, None or not finite
    leaves a gap.

    Args:
        histories: one history a run (a fold, a seed). A history is a sequence of rows, mappings
            with "loss", "accuracy" (a share, 0 to 1) and, where there was a validation split,
            "validation_loss" and "validation_accuracy"; attributes do as well as keys.
        title: what to write above.
        test: loss and accuracy (a share) of the last measurement, drawn as a point at the end.
        over: "epoch" or "step", a number of every row that increases from row to row; by default
            the epoch if every row has it, else the step.

    Raises:
        InputError: if there is nothing to draw, or a row is otherwise.
    """
    runs = _runs(histories)
    over = _axis(runs) if over is None else over
    if over not in AXES:
        raise UnknownNameError(_("axis"), str(over), AXES)
    losses = {key: _curves(runs, over, key) for key in ("loss", "validation_loss")}
    accuracies = {key: _curves(runs, over, key) for key in ("accuracy", "validation_accuracy")}
    for key in ("loss", "accuracy"):
        if not any((losses | accuracies)[key]):
            raise InputError(_("No row of the history has a finite {key!r}.", key=key))
    figure = Figure(figsize=(8, 7), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    _draw(above, list(losses.values()), 1)
    _draw(below, list(accuracies.values()), 100)
    if test is not None:
        _mark_test(above, below, _last(runs, over), test)
    _label(above, below, _("Epoch") if over == "epoch" else _("Step"))
    if title:
        figure.suptitle(shortened(title, 80))
    return figure


def _runs(histories: Sequence[History]) -> list[list[object]]:
    if isinstance(histories, Mapping | str) or not isinstance(histories, Sequence):
        raise _no_histories(type(histories).__name__)
    for history in histories:
        if isinstance(history, Mapping | str) or not isinstance(history, Sequence):
            raise _no_histories(_("a sequence of {kind}", kind=type(history).__name__))
    runs = [list(history) for history in histories if len(history)]
    if not runs:
        raise InputError(_("Received no history with rows; expected at least one."))
    return runs


def _axis(runs: list[list[object]]) -> str:
    epochs = (field(row, "epoch") for rows in runs for row in rows)
    return "step" if any(epoch is None for epoch in epochs) else "epoch"


def _no_histories(received: str) -> InputError:
    return InputError(
        _(
            "Received {received}; expected a sequence of histories, each a sequence of rows.",
            received=received,
        )
    )


def _curves(runs: list[list[object]], over: str, key: str) -> list[_Curve]:
    """One curve a run; ``over`` and ``key`` name what is drawn along and up."""
    curves = []
    for rows in runs:
        x = np.array([_number(row, over) for row in rows])
        y = np.array([_number(row, key) for row in rows])
        if not (np.isfinite(x).all() and (np.diff(x) > 0).all()):
            raise InputError(
                _("The values of {key!r} in a history must increase from row to row.", key=over)
            )
        y[~np.isfinite(y)] = np.nan
        if "accuracy" in key and np.any((y < 0) | (y > 1)):
            raise _no_share(key, float(y[(y < 0) | (y > 1)][0]))
        curves.append(_Curve(x, y))
    return curves


def _number(row: object, key: str) -> float:
    value = field(row, key)
    if value is None:
        return float("nan")
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise InputError(
            _(
                "{key!r} of a history's row is {value}; expected a number.",
                key=key,
                value=shown(value),
            )
        )
    try:
        return float(value)
    except (OverflowError, TypeError):
        return float("inf")


def _no_share(key: str, value: float) -> InputError:
    return InputError(
        _("Received {key!r} of {value}; expected a share, 0 to 1.", key=key, value=value)
    )


def _last(runs: list[list[object]], over: str) -> float:
    return max(_number(rows[-1], over) for rows in runs)


def _draw(axes: Axes, kinds: list[list[_Curve]], scale: int) -> None:
    """Draw the curves of training, then those of validation, multiplied by ``scale``."""
    for curves, color, name in zip(
        kinds, (BLUE, ORANGE), (_("train"), _("validation")), strict=True
    ):
        curves = [curve for curve in curves if curve]
        if len(curves) > 1:
            for curve in curves:
                axes.plot(curve.x, curve.y * scale, color=color, linewidth=1, alpha=0.55)
            label = _("{name}, mean of {count}", name=name, count=len(curves))
            _draw_line(axes, _mean(curves), scale, color, label)
        elif curves:
            _draw_line(axes, curves[0], scale, color, name)


def _draw_line(axes: Axes, curve: _Curve, scale: int, color: str, label: str) -> None:
    marker = "o" if len(curve.x) <= MARKED else ""
    axes.plot(
        curve.x, curve.y * scale, color=color, linewidth=2.4, marker=marker, ms=5, label=label
    )


def _mean(curves: list[_Curve]) -> _Curve:
    x = functools.reduce(np.intersect1d, (curve.x for curve in curves))
    return _Curve(x, np.mean([curve.y[np.isin(curve.x, x)] for curve in curves], axis=0))


def _mark_test(above: Axes, below: Axes, x: float, test: tuple[float, float]) -> None:
    try:
        loss, accuracy = (float(value) for value in test)
    except (TypeError, ValueError) as error:
        raise InputError(
            _("Received test={test}; expected the loss and the accuracy.", test=shown(test))
        ) from error
    if not np.isfinite(loss):
        raise InputError(_("Received a test loss of {loss}; expected a finite one.", loss=loss))
    if not 0 <= accuracy <= 1:
        raise _no_share("test", accuracy)
    look = {"color": GREEN, "marker": "D", "linestyle": "", "ms": 9, "zorder": 5, "mec": PAPER}
    above.plot([x], [loss], label=_("test {value}", value=f"{loss:.4f}"), **look)  # type: ignore[arg-type] # one value per keyword
    below.plot([x], [accuracy * 100], label=_("test {value}", value=percent(accuracy, 2)), **look)  # type: ignore[arg-type] # one value per keyword


def _label(above: Axes, below: Axes, along: str) -> None:
    above.set(title=_("Loss"), ylabel=_("Cross-entropy"))
    below.set(title=_("Accuracy"), ylabel=_("Accuracy (%)"), xlabel=along)
    for axes in (above, below):
        axes.grid(visible=True)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 0.99), ncols=3, borderaxespad=0.2)
    _fit_x(below)


def _fit_x(axes: Axes) -> None:
    """Give whole numbers to the x axis, and room to a single point."""
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    first, last = axes.dataLim.intervalx
    if first == last:
        axes.set_xlim(first - 0.5, last + 0.5)


def example() -> Figure:
    """Draw three made-up folds of ten epochs and a test score."""
    rng = np.random.default_rng(1)
    folds = []
    for wobble in rng.normal(0, 0.01, (3, 10, 2)):
        rows = []
        for epoch, (first, second) in enumerate(wobble, start=1):
            loss = 0.3 / epoch + 0.01 + abs(first)
            rows.append(
                {
                    "epoch": epoch,
                    "loss": loss,
                    "accuracy": 1 - 0.3 * loss,
                    "validation_loss": loss + 0.03 + second,
                    "validation_accuracy": 1 - 0.3 * (loss + 0.03 + second),
                }
            )
        folds.append(rows)
    return learning_curves(folds, title=_("Example"), test=(0.07, 0.981))
