"""What a model of somebody's own says of digits that others found."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tenfold.models import LineModel, Model
from tenfold.models.bundled import bundled_content
from tenfold.reader.reading import ConfidenceKind, Digit

__all__ = ["PARTNER", "OwnModel", "are_partners"]

PARTNER = "partner"
"""In the calibration of a line model's card: the SHA-256 of the digit model that it was fitted
with. A card without it is fitted with the digit model that comes with Tenfold."""


def are_partners(lines: LineModel, digits: Model) -> bool:
    """Return whether a calibration was fitted to these networks together."""
    calibration = lines.card.training.get("calibration")
    partner = calibration.get(PARTNER) if isinstance(calibration, dict) else None
    if partner is None:
        return digits.content == bundled_content()
    return bool(hashlib.sha256(digits.content).hexdigest() == partner)


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A model that nobody fitted together with the networks that find digits.

    Args:
        model: tells digits apart; what it says is not mixed with what others say.
    """

    model: Model

    @property
    def confidence_kind(self) -> ConfidenceKind:
        """What its probabilities are: calibrated if its card says so, else its plain softmax."""
        return "softmax" if self.model.temperature is None else "calibrated"

    def judged(self, digits: Sequence[Digit], threshold: float) -> list[Digit]:
        """Return digits that others found, with this model's label and probabilities.

        Whether each is a digit at all, this model says if it was taught to; else it is as the
        others have it, and a digit counts if both are sure enough.

        Raises:
            ModelError: if the model's answer is no finite number, or it cannot be run.
        """
        if not digits:
            return []
        answers = self.model.judge(np.stack([digit.placed for digit in digits]))
        return [
            self._judged(digit, answer, threshold)
            for digit, answer in zip(digits, answers[:, :10], strict=True)
        ]

    def _judged(self, digit: Digit, shares: npt.NDArray[np.float32], threshold: float) -> Digit:
        sure = float(shares.max()) >= threshold
        if self.model.knows_none:
            return replace(digit, probabilities=shares, accepted=sure)
        is_digit = 1 - digit.none >= threshold
        return replace(
            digit, probabilities=shares, accepted=sure and is_digit, found_none=digit.none
        )
