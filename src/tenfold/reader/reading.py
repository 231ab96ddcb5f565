"""What was read in a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.imaging import Box

__all__ = ["Digit", "Reading"]


@dataclass(frozen=True, slots=True, eq=False)
class Digit:
    """One digit that was found.

    Args:
        probabilities: float32 [10], of each label; they sum to 1.
        box: where it is, in pixels of the picture as shown (after EXIF rotation).
        placed: float32 [28, 28] in [0, 1], bright ink on black: what the model saw.
    """

    probabilities: npt.NDArray[np.float32]
    box: Box
    placed: npt.NDArray[np.float32]

    @property
    def label(self) -> int:
        """The most probable digit, 0 to 9."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability of ``label``, 0 to 1."""
        return min(1.0, float(self.probabilities.max()))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON: label, confidence, probabilities and box, without pixels."""
        return {
            "label": self.label,
            "confidence": self.confidence,
            "probabilities": self.probabilities.tolist(),
            "box": self.box.to_dict(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a picture says; without digits if there is no ink in it, which is no error.

    Args:
        digits: the digits found, in reading order; at most one so far.
    """

    digits: tuple[Digit, ...] = ()

    @property
    def text(self) -> str:
        """The digits' labels; "" if there are none."""
        return "".join(str(digit.label) for digit in self.digits)

    @property
    def confidence(self) -> float:
        """The probability that all of ``text`` is right, 0 to 1; 0 if nothing was found."""
        return math.prod(digit.confidence for digit in self.digits) if self.digits else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON: text, confidence and digits."""
        return {
            "text": self.text,
            "confidence": self.confidence,
            "digits": [digit.to_dict() for digit in self.digits],
        }

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from tenfold.reader._looks import reading_html

        return reading_html(self)

    def _repr_png_(self) -> bytes | None:
        from tenfold.reader._looks import reading_png

        return reading_png(self)
