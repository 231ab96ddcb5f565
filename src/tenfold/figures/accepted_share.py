"""What automation may take: the accuracy of the surest answers over how many are accepted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tenfold.errors import InputError
from tenfold.figures._check import as_numbers, as_right
from tenfold.figures._examples import probabilities
from tenfold.figures._style import BLUE, MUTED, ORANGE, drawn
from tenfold.figures._words import percent, shortened, shown
from tenfold.language import text as _
from tenfold.metrics import wilson_interval

__all__ = ["accepted_share", "example"]

MOST = 40
ABREAST = 4
LOWEST_TOP = 100.5

# Words beside a point as far left as this would stand on the axis.
NARROW = 0.3

# The accuracy that is marked: where it is kept, a person looks at the rest alone.
ASKED = 0.99

Numbers: TypeAlias = npt.NDArray[np.float64]


@drawn
def accepted_share(answers: Mapping[str, tuple[npt.ArrayLike, npt.ArrayLike]]) -> Figure:
    """Draw, for each set, how accurate its surest answers are over the share that is accepted.

    From left to right more of the answers are accepted, the surest first; those that are equally
    sure come together. The band is Wilson's 95 % interval. The line at 99 % has a point where the
    most are accepted that keep it.

    Args:
        answers: name -> confidences, float [N], and whether each is right, bool [N]; 1 to 40.

    Raises:
        InputError: if there are others, or an array is otherwise.
    """
    sets = _checked(answers)
    rows = math.ceil(len(sets) / ABREAST)
    across = min(ABREAST, len(sets))
    size = (1.2 + 2.6 * across, 0.9 + 2.3 * rows) if len(sets) > 1 else (7.2, 5.2)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows, across, sharex=True, squeeze=False)
    for axes, (name, (sure, right)) in zip(grid.flat, sets.items(), strict=False):
        _draw(axes, sure, right)
        axes.set_title(_("{name} (n={count})", name=shortened(name, 26), count=len(sure)), size=10)
    for axes in grid.flat[len(sets) :]:
        axes.set_axis_off()
    figure.supxlabel(_("Accepted, the surest first (%)"), fontsize=10, color=MUTED)
    figure.supylabel(_("Of these right (%)"), fontsize=10, color=MUTED)
    return figure


def _checked(answers: object) -> dict[str, tuple[Numbers, npt.NDArray[np.bool_]]]:
    if not isinstance(answers, Mapping) or not 1 <= len(answers) <= MOST:
        raise InputError(
            _(
                "Received {received}; expected a mapping of 1 to {most} names to confidences and "
                "to whether each is right.",
                received=shown(answers),
                most=MOST,
            )
        )
    sets = {}
    for name, pair in answers.items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise InputError(
                _(
                    "Received {received} for {name}; expected confidences and whether each is "
                    "right.",
                    received=shown(pair),
                    name=str(name),
                )
            )
        sure = as_numbers(_("confidences"), pair[0], ("N",))
        sets[str(name)] = (sure, as_right(pair[1], len(sure)))
    return sets


def _draw(axes: Axes, sure: Numbers, right: npt.NDArray[np.bool_]) -> None:
    counts, rights = _steps(sure, right)
    shares, accuracies = counts / len(sure), rights / counts
    ends = np.array([wilson_interval(int(r), int(n)) for r, n in zip(rights, counts, strict=True)])
    axes.fill_between(shares * 100, *(ends * 100).T, color=BLUE, alpha=0.15, linewidth=0)
    axes.plot(shares * 100, accuracies * 100, color=BLUE, linewidth=1.8)
    axes.axhline(ASKED * 100, color=MUTED, linewidth=0.8, linestyle="--")
    kept = np.flatnonzero(accuracies >= ASKED)
    if len(kept):
        at = kept[-1]
        axes.plot(shares[at] * 100, accuracies[at] * 100, "o", color=ORANGE, clip_on=False)
        axes.annotate(
            percent(float(shares[at]), 0),
            (shares[at] * 100, accuracies[at] * 100),
            (0, -15),
            textcoords="offset points",
            ha="left" if shares[at] < NARROW else "right",
        )
    lowest = min(float(accuracies.min()), ASKED)
    axes.set(xlim=(0, 100), ylim=(max(0.0, 100 * lowest - 6), LOWEST_TOP))
    axes.grid(visible=True)


def _steps(sure: Numbers, right: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """How many are accepted from each confidence on, and how many of these are right."""
    order = np.argsort(-sure, kind="stable")
    last = np.append(np.flatnonzero(np.diff(sure[order])), len(sure) - 1)
    return last + 1.0, np.cumsum(right[order])[last].astype(np.float64)


def example() -> Figure:
    """Draw made-up answers of two sets, one of them harder."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 10, 1200)
    rows = probabilities(labels, rng)
    sure, right = rows.max(axis=1), rows.argmax(axis=1) == labels
    hard = right & (rng.random(len(right)) < 0.7 + 0.3 * sure)
    return accepted_share({"numbers": (sure, right), "amounts": (sure, hard)})
