"""The learning rate of a step."""

from __future__ import annotations

from math import cos, pi

from tenfold.recipes import OneCycle

__all__ = ["rate_share"]


def rate_share(schedule: OneCycle | None, step: int, steps: int) -> float:
    """Return the share of the highest learning rate for ``step``, counted from 0, of ``steps``."""
    if schedule is None:
        return 1.0
    done = step / steps
    if done < schedule.warm_up:
        return done / schedule.warm_up
    rest = 1 - (done - schedule.warm_up) / (1 - schedule.warm_up)
    if schedule.fall == "cosine":
        rest = (1 - cos(pi * rest)) / 2
    return schedule.final + (1 - schedule.final) * rest
