"""From what two networks say to a probability that holds: a logistic curve."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from operator import mul
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import ModelError
from tenfold.language import text as _
from tenfold.reader.lines import LineReading

__all__ = ["MEASURES", "Calibration", "measures", "whole_measures"]

MEASURES = (
    *("agreement", "digit", "line", "text", "company", "alone"),
    *("glance", "glanced_agreement", "glanced_digit"),
)
"""The names of the columns of ``measures``, each with a weight."""

_LEAST = 1e-6

# No less, and no more, of a line's ink is taken to be unread.
_SPECK = 0.02


@dataclass(frozen=True, slots=True)
class Calibration:
    """The weights of a digit's measures; fitted on held-out scenes, kept in the model's card.

    Args:
        bias: what a digit starts with.
        agreement: for the clearness of both networks' joint answer.
        digit: for the digit network's certainty that this is a digit.
        line: for the line network's certainty that here is a digit.
        text: for the line network's certainty of its whole text, a digit's share of it.
        company: for how certain the digit network is of the other digits of the line.
        alone: for having no others.
        glance: for having been read by the digit network alone.
        whole_bias: what a line's text starts with.
        whole_text: for the line network's certainty of the text.
        whole_digits: for the probability that all its digits are right.
        whole_unread: for the part of its digits' ink that was not read; 0 in older cards.
        glanced_agreement: what a glance adds to the weight of agreement; 0 in older cards.
        glanced_digit: the same of digit.
    """

    bias: float
    agreement: float
    digit: float
    line: float
    text: float
    company: float
    alone: float
    glance: float
    whole_bias: float
    whole_text: float
    whole_digits: float
    whole_unread: float = 0.0
    glanced_agreement: float = 0.0
    glanced_digit: float = 0.0

    @classmethod
    def from_dict(cls, values: Mapping[str, Any] | None) -> Calibration:
        """Make one from plain data; what has no weight of that name is left aside.

        Raises:
            ModelError: if a weight is missing or no finite number.
        """
        given = values if isinstance(values, Mapping) else {}
        weights = {
            field.name: given.get(field.name, None if field.default is MISSING else field.default)
            for field in fields(cls)
        }
        if not all(isinstance(w, int | float) and math.isfinite(w) for w in weights.values()):
            raise ModelError(
                _("The calibration in the model's card is incomplete: {values}.", values=values)
            )
        return cls(**weights)

    def to_dict(self) -> dict[str, float]:
        """Return the weights as plain data."""
        return asdict(self)

    def confidences(self, reading: LineReading) -> list[float]:
        """Return, for each digit of a line, the probability that it is one and is read rightly."""
        if not reading.found:
            return []
        weights = np.array([getattr(self, name) for name in MEASURES])
        totals = self.bias + measures(reading) @ weights
        return [_logistic(total) for total in totals.tolist()]

    def whole(self, reading: LineReading, confidences: Sequence[float]) -> float:
        """Return the probability that all of a line's text is right; 0 if it has no digits.

        Args:
            reading: the line.
            confidences: of the digits that stand in its text.
        """
        if not confidences:
            return 0.0
        weights = (self.whole_text, self.whole_digits, self.whole_unread)
        told = whole_measures(reading, confidences)
        return _logistic(self.whole_bias + sum(map(mul, weights, told)))


def measures(reading: LineReading) -> npt.NDArray[np.float64]:
    """Return what the calibration weighs of each digit of a line, float64 [n, 9]: log odds."""
    count = len(reading.found)
    agreement = _log_odds([float(one.combined().max()) for one in reading.found])
    digit = _log_odds([1 - float(one.by_digit[10]) for one in reading.found])
    columns = [one.by_line for one in reading.found if one.by_line is not None]
    nothing = np.zeros(count)
    if not columns:
        return np.stack([agreement, digit, *[nothing] * 4, nothing + 1, agreement, digit], 1)
    line = _log_odds([1 - float(column[10]) for column in columns])
    text = _log_odds([reading.probability ** (1 / count)] * count)
    others = (digit.sum() - digit) / max(1, count - 1)
    alone = np.full(count, float(count == 1))
    return np.stack([agreement, digit, line, text, others, alone, *[nothing] * 3], 1)


def whole_measures(
    reading: LineReading, confidences: Sequence[float]
) -> tuple[float, float, float]:
    """Return what is weighed of a line: log odds of its text, its digits, its unread ink."""
    unread = min(max(reading.unread, _SPECK), 1 - _SPECK)
    told = _log_odds([reading.probability, math.prod(confidences), unread])
    text, digits, rest = told.tolist()
    return text, digits, rest


def _logistic(total: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _log_odds(probabilities: list[float]) -> npt.NDArray[np.float64]:
    kept = [min(max(one, _LEAST), 1 - _LEAST) for one in probabilities]
    return np.array([math.log(one / (1 - one)) for one in kept])
