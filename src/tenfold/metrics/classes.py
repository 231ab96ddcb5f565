"""Scores of each class, with intervals, from a confusion matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.metrics.intervals import wilson_interval

__all__ = ["ClassScores", "Shares", "score_classes"]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """One score of each class with its 95 % interval; NaN where there is nothing to score.

    Attributes:
        value: float64 [10], in [0, 1].
        low: float64 [10], the interval's lower end.
        high: float64 [10], its upper end.
    """

    value: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ClassScores:
    """The scores of the ten classes.

    Attributes:
        precision: of the images predicted as a class, the share that are.
        recall: of the images of a class, the share predicted as it.
        f1: the harmonic mean of the two.
    """

    precision: Shares
    recall: Shares
    f1: Shares

    @property
    def macro_f1(self) -> float:
        """The plain mean of F1 over the classes that occur, as label or as prediction."""
        return float(np.nanmean(self.f1.value))


def score_classes(confusion: npt.NDArray[np.integer[Any]]) -> ClassScores:
    """Score each class.

    Precision and recall have Wilson's interval. F1 grows with J = TP / (TP + FP + FN), a plain
    share, as 2 J / (1 + J); so its interval is Wilson's for J, carried over (the indirect method
    of Lam, Gopal and Qian, arXiv 2309.14621).

    Args:
        confusion: int [10, 10], true class by row, predicted class by column; not all zero.
    """
    right = confusion.diagonal()
    predicted, true = confusion.sum(axis=0), confusion.sum(axis=1)
    joint = _shares(right, predicted + true - right)
    f1 = Shares(*(2 * j / (1 + j) for j in (joint.value, joint.low, joint.high)))
    return ClassScores(_shares(right, predicted), _shares(right, true), f1)


def _shares(part: npt.NDArray[np.integer[Any]], whole: npt.NDArray[np.integer[Any]]) -> Shares:
    value, low, high = np.full((3, len(part)), np.nan)
    for at in np.flatnonzero(whole).tolist():
        value[at] = part[at] / whole[at]
        low[at], high[at] = wilson_interval(int(part[at]), int(whole[at]))
    return Shares(value, low, high)
