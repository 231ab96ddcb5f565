"""Numbers as a report writes them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from math import isfinite

from tenfold.language import text as _

__all__ = ["duration", "interval", "percent", "points", "reach", "spread"]


def percent(share: float, places: int = 2) -> str:
    """Return a share as a percentage; what is short of 1 is never rounded up to 100 %."""
    written = f"{share:.{places}%}"
    if share < 1 and written.startswith("100"):
        return f"{1 - 10 ** -(places + 2):.{places}%}"
    return written


def points(difference: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    return f"{difference * 100:+.2f}".replace("-", "\N{MINUS SIGN}")


def interval(ends: Sequence[float] | None) -> str:
    """Return a 95 % interval of a share in brackets; "" if there is none."""
    if ends is None:
        return ""
    return _("95 % interval {low} to {high}", low=percent(ends[0]), high=percent(ends[1]))


def reach(low: float, high: float) -> str:
    """Return from where to where shares go."""
    return _("{low} to {high}", low=percent(low), high=percent(high))


def spread(values: Sequence[float], scale: float = 1.0, places: int = 4) -> str:
    """Return mean ± standard deviation, of one value the value, of none a dash."""
    if not values:
        return "–"
    mean = f"{statistics.fmean(values) * scale:.{places}f}"
    if len(values) == 1:
        return mean
    return f"{mean} ± {statistics.stdev(values) * scale:.{places}f}"


def duration(seconds: float | None) -> str:
    """Return a time as a person says it; "" if it is not known."""
    if seconds is None or not isfinite(seconds) or seconds < 0:
        return ""
    if seconds < 60:
        return _("{seconds} s", seconds=f"{seconds:.1f}")
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("{hours} h {minutes} min", hours=hours, minutes=minutes)
    return _("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
