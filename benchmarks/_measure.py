"""What the parts of the benchmark share: options, clocks, turns, medians and Markdown tables."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

__all__ = ["Clock", "Options", "in_turns", "ratio", "spread", "table", "timed"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a part is asked.

    Args:
        python: the interpreter of the peers' environment, or None where there is none.
        recipes: what the part "sprint" trains beside the record.
        minutes: how long the part may take.
        tiny: only show that it runs; its figures mean nothing.
    """

    python: Path | None
    recipes: tuple[str, ...] = ("sprint", "sprint-long")
    minutes: float = 5.0
    tiny: bool = False


@final
class Clock:
    """How much of a part's time is left."""

    def __init__(self, minutes: float) -> None:
        self._end = time.monotonic() + 60 * minutes

    @property
    def left(self) -> float:
        """Seconds left, below 0 when they are used up."""
        return self._end - time.monotonic()


def timed(act: Callable[[], object]) -> float:
    """Return the seconds that ``act`` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def in_turns(acts: Sequence[Callable[[], object]], rounds: int) -> list[list[float]]:
    """Return the seconds of each act, one after another; the first two rounds do not count."""
    times: list[list[float]] = [[] for _act in acts]
    for number in range(rounds + 2):
        for act, its in zip(acts, times, strict=True):
            took = timed(act)
            if number > 1:
                its.append(took)
    return times


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Return the values themselves and their n, median, least, greatest, mean and deviation."""
    return {
        "values": list(values),
        "n": len(values),
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
        "mean": statistics.fmean(values),
        "sd": statistics.stdev(values) if len(values) > 1 else None,
    }


def ratio(above: Sequence[float], below: Sequence[float]) -> dict[str, Any]:
    """Return the spread of the ratios, pair by pair."""
    return spread([a / b for a, b in zip(above, below, strict=False)])


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)
