"""A confidence in words."""

from __future__ import annotations

__all__ = ["percent"]


def percent(confidence: float) -> str:
    """Return a confidence of 0 to 1 in percent, cut, so that 100.0% is never shown for less."""
    return f"{int(confidence * 1000) / 10:.1f}%"
