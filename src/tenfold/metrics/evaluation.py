"""How well probabilities agree with labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.metrics.intervals import wilson_interval

__all__ = ["Evaluation", "evaluate_probabilities"]

SMALLEST = np.finfo(np.float32).tiny


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The scores of a model on one set of labeled images.

    Attributes:
        loss: mean cross-entropy, in nats.
        confusion: int64 [10, 10], true class by row, predicted class by column.
    """

    loss: float
    confusion: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many images were scored."""
        return int(self.confusion.sum())

    @property
    def correct(self) -> int:
        """How many of them were predicted right."""
        return int(np.trace(self.confusion))

    @property
    def accuracy(self) -> float:
        """Share of images predicted right, in [0, 1]."""
        return self.correct / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return wilson_interval(self.correct, self.count)

    @property
    def precision(self) -> npt.NDArray[np.float64]:
        """float64 [10]: of the images predicted as a class, the share that are; NaN if none."""
        return _shares(np.diag(self.confusion), self.confusion.sum(axis=0))

    @property
    def recall(self) -> npt.NDArray[np.float64]:
        """float64 [10]: of the images of a class, the share predicted as it; NaN if none."""
        return _shares(np.diag(self.confusion), self.confusion.sum(axis=1))

    def to_dict(self) -> dict[str, Any]:
        """Return the scores as plain JSON data."""
        return {
            "loss": self.loss,
            "accuracy": self.accuracy,
            "interval": list(self.interval),
            "correct": self.correct,
            "count": self.count,
            "precision": [None if np.isnan(p) else float(p) for p in self.precision],
            "recall": [None if np.isnan(r) else float(r) for r in self.recall],
            "confusion": self.confusion.tolist(),
        }


def evaluate_probabilities(
    probabilities: npt.NDArray[np.floating[Any]], labels: npt.NDArray[np.integer[Any]]
) -> Evaluation:
    """Score probabilities against labels.

    Args:
        probabilities: float [N, 10], each row summing to 1.
        labels: int [N], 0 to 9.

    Raises:
        InputError: if the shapes do not match, there are no rows, or a value is not finite.
    """
    if probabilities.shape != (len(labels), 10) or len(labels) == 0:
        raise InputError(
            _(
                "Received probabilities {shape} for {count} labels; expected [N, 10] with N > 0.",
                shape=list(probabilities.shape),
                count=len(labels),
            )
        )
    if not np.isfinite(probabilities).all():
        raise InputError(_("Received probabilities that are not finite numbers."))
    of_truth = probabilities[np.arange(len(labels)), labels]
    loss = -np.log(np.maximum(of_truth, SMALLEST), dtype=np.float64).mean()
    cells = labels.astype(np.int64) * 10 + probabilities.argmax(axis=1)
    return Evaluation(float(loss), np.bincount(cells, minlength=100).reshape(10, 10))


def _shares(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    shares = np.full(part.shape, np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares
