"""Whether confidence can be believed: of the answers given with 90 %, are 90 % right?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError
from tenfold.language import text as _

__all__ = ["CalibrationCurve", "measure_calibration"]

MOST_BINS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationCurve:
    """Confidence beside accuracy, in bins of equal width over 0 to 1.

    Bin i holds the confidences above ``edges[i]`` up to and including ``edges[i + 1]``; the first
    holds 0 as well.

    Attributes:
        edges: float64 [bins + 1], from 0 to 1.
        counts: int64 [bins], images in each bin.
        correct: int64 [bins], of these, how many were predicted right.
        confidence: float64 [bins], their mean confidence; NaN where a bin is empty.
    """

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    correct: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]

    @property
    def accuracy(self) -> npt.NDArray[np.float64]:
        """float64 [bins]: the share predicted right; NaN where a bin is empty."""
        shares = np.full(len(self.counts), np.nan)
        np.divide(self.correct, self.counts, out=shares, where=self.counts > 0)
        return shares

    @property
    def gaps(self) -> npt.NDArray[np.float64]:
        """float64 [bins]: how far confidence and accuracy lie apart; NaN where a bin is empty."""
        return np.abs(self.confidence - self.accuracy)

    @property
    def expected_error(self) -> float:
        """The expected calibration error: the mean gap, each bin weighed by its images."""
        return float(np.nansum(self.gaps * self.counts) / self.counts.sum())

    @property
    def maximum_error(self) -> float:
        """The largest gap of any bin that is not empty, however few images it holds."""
        return float(np.nanmax(self.gaps))

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain JSON data."""
        return {
            "expected_error": self.expected_error,
            "maximum_error": self.maximum_error,
            "edges": self.edges.tolist(),
            "counts": self.counts.tolist(),
            "confidence": [None if np.isnan(c) else float(c) for c in self.confidence],
            "accuracy": [None if np.isnan(a) else float(a) for a in self.accuracy],
        }


def measure_calibration(
    probabilities: npt.NDArray[np.floating[Any]],
    labels: npt.NDArray[np.integer[Any]],
    bins: int = 15,
) -> CalibrationCurve:
    """Compare the confidence of predictions with how often they are right.

    Source: Guo, Pleiss, Sun and Weinberger, On Calibration of Modern Neural Networks (ICML 2017),
    who use 15 bins too. The expected error depends on the bins: compare it at the same number.

    Args:
        probabilities: float [N, 10], each row summing to 1; its largest is the confidence.
        labels: int [N], 0 to 9.
        bins: how many, 1 to 1,000.

    Raises:
        InputError: if the shapes do not match, there are no rows, a value is no probability, or
            ``bins`` is out of range.
    """
    _check(probabilities, labels, bins)
    confidences = probabilities.max(axis=1).astype(np.float64).clip(0, 1)
    right = probabilities.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    places = np.clip(np.searchsorted(edges, confidences, side="left") - 1, 0, bins - 1)
    counts = np.bincount(places, minlength=bins)
    sums = np.bincount(places, weights=confidences, minlength=bins)
    mean = np.divide(sums, counts, out=np.full(bins, np.nan), where=counts > 0)
    return CalibrationCurve(edges, counts, np.bincount(places[right], minlength=bins), mean)


def _check(
    probabilities: npt.NDArray[np.floating[Any]], labels: npt.NDArray[np.integer[Any]], bins: int
) -> None:
    if probabilities.shape != (len(labels), 10) or len(labels) == 0:
        raise InputError(
            _(
                "Received probabilities {shape} for {count} labels; expected [N, 10] with N > 0.",
                shape=list(probabilities.shape),
                count=len(labels),
            )
        )
    # Half precision rounds a sum a little past 1; a NaN fails the comparison.
    if not ((probabilities >= -1e-3) & (probabilities <= 1 + 1e-3)).all():
        raise InputError(_("Received probabilities outside 0 to 1. Logits need a softmax first."))
    if not 1 <= bins <= MOST_BINS:
        raise InputError(
            _("Received {bins} bins; expected 1 to {largest}.", bins=bins, largest=MOST_BINS)
        )
