"""Whether two recipes differ, told from their scores on the same folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError, MissingExtraError
from tenfold.language import text as _

__all__ = ["PairedTest", "corrected_t_test", "holm"]


@dataclass(frozen=True, slots=True)
class PairedTest:
    """What a paired test says about first minus second.

    Attributes:
        difference: mean of the differences, in the unit of the scores.
        interval: its confidence interval; infinite where the differences show no spread at all.
        p: probability of a mean at least so far from zero if nothing truly differed.
        n: how many pairs.
    """

    difference: float
    interval: tuple[float, float]
    p: float
    n: int


def corrected_t_test(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    test_share: float,
    confidence: float = 0.95,
) -> PairedTest:
    """Compare paired scores by the corrected resampled t-test.

    Scores of folds are not independent, for their training images overlap, and the plain paired
    t-test finds differences where there are none. This test puts 1/n + n_test/n_train in place
    of 1/n in the variance of the mean, with n - 1 degrees of freedom (Nadeau and Bengio,
    Inference for the generalization error, Machine Learning 52, 2003, section 4).

    Differences that are all the same, and not zero, leave nothing to estimate a variance from:
    then the interval is infinite and p is 1.

    Args:
        first: float [n], n >= 2: one score for each fold.
        second: float [n]: scores on the same folds in the same order.
        test_share: n_test / n_train, 1 / (k - 1) for k folds; 0 gives the plain paired t-test.
        confidence: coverage of the interval, between 0 and 1.

    Raises:
        InputError: if there are not at least two pairs of finite scores, or a share is impossible.
        MissingExtraError: if scipy is not installed.
    """
    a, b = (np.asarray(scores, dtype=np.float64) for scores in (first, second))
    _check(a, b, test_share, confidence)
    differences = a - b
    n = len(differences)
    mean = float(differences.mean())
    # Equal differences of rounded scores still vary by some 1e-17.
    spread = float(differences.std(ddof=1))
    if spread <= 1e-12 * max(1.0, float(np.abs(a).max()), float(np.abs(b).max())):
        nothing = abs(mean) <= 1e-12
        return PairedTest(mean, (mean, mean) if nothing else (-inf, inf), 1.0, n)
    try:
        from scipy.stats import t
    except ImportError as error:
        raise MissingExtraError("train", _("A comparison")) from error
    deviation = spread * sqrt(1 / n + test_share)
    half = float(t.ppf((1 + confidence) / 2, n - 1)) * deviation
    p = float(2 * t.sf(abs(mean) / deviation, n - 1))
    return PairedTest(mean, (mean - half, mean + half), p, n)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, in the order given.

    If each is compared with 0.05, the probability of any false alarm among them stays below
    0.05 (Holm, A simple sequentially rejective multiple test procedure, 1979).

    Raises:
        InputError: if a value is not within 0 and 1.
    """
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        if not 0 <= p_values[at] <= 1:
            raise InputError(_("Received p = {p}; expected 0 to 1.", p=p_values[at]))
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[at]))
        corrected[at] = largest
    return corrected


def _check(
    a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], test_share: float, confidence: float
) -> None:
    if a.ndim != 1 or a.shape != b.shape or len(a) < 2:
        raise InputError(
            _(
                "Received {first} and {second} scores; expected at least 2 pairs.",
                first=list(a.shape),
                second=list(b.shape),
            )
        )
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise InputError(_("Received scores that are not finite numbers."))
    if not (isfinite(test_share) and test_share >= 0 and 0 < confidence < 1):
        raise InputError(
            _(
                "Received test share {share} and confidence {confidence}; "
                "expected at least 0, and between 0 and 1.",
                share=test_share,
                confidence=confidence,
            )
        )
