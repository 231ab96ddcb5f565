"""Intervals around a share of successes."""

from __future__ import annotations

from math import sqrt

from tenfold.errors import InputError
from tenfold.language import text as _

__all__ = ["wilson_interval"]

Z_95 = 1.959963984540054


def wilson_interval(successes: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % score interval for a share, both ends in [0, 1].

    It keeps its coverage near 0 and 1, where the textbook interval does not (Wilson 1927;
    Brown, Cai and DasGupta 2001).

    Raises:
        InputError: unless 0 <= successes <= count and count > 0.
    """
    if not 0 <= successes <= count or count == 0:
        raise InputError(
            _(
                "Received {successes} successes of {count}; expected 0 <= successes <= count.",
                successes=successes,
                count=count,
            )
        )
    share = successes / count
    weight = Z_95**2 / count
    middle = (share + weight / 2) / (1 + weight)
    half = Z_95 / (1 + weight) * sqrt(share * (1 - share) / count + weight / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)
