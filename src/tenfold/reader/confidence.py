"""A confidence in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenfold.reader.reading import ConfidenceKind, Reading

__all__ = ["named", "percent", "told"]


def percent(confidence: float) -> str:
    """Return a confidence of 0 to 1 in percent, cut, so that 100.0% is never shown for less."""
    # float32 has 0.91 as a little less.
    tenths = math.floor(round(confidence * 1000, 3))
    return f"{(tenths if confidence >= 1 else min(tenths, 999)) / 10:.1f}%"


def told(reading: Reading) -> str:
    """Return a reading's confidence in percent; of a model that nobody calibrated it says so."""
    return named(reading.confidence, reading.confidence_kind)


def named(confidence: float, kind: ConfidenceKind) -> str:
    """Return a confidence of 0 to 1 in percent; one that nobody calibrated is named a softmax."""
    words = percent(confidence)
    return words if kind == "calibrated" else f"{words} (softmax)"
