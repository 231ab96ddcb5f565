"""What all contenders in reading do: time a batch again and again, and count what is right."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "right_share", "visit"]

Floats: TypeAlias = npt.NDArray[np.float32]
LEAST = 3


def visit(act: Callable[[], Any], seconds: float, per_act: int = 1) -> float:
    """Do something for so many seconds; return the median seconds of one of ``per_act`` batches."""
    act()
    act()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < LEAST or time.perf_counter() < end:
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) / per_act)
    return float(np.median(times))


def right_share(run: Callable[[Floats], Any], images: Floats, labels: npt.NDArray[Any]) -> float:
    """Return the share of images [N, 1, 28, 28] that ``run`` tells right, in batches of 1,000."""
    parts = [images[at : at + 1000] for at in range(0, len(images), 1000)]
    told = np.concatenate([np.asarray(run(part))[:, :10].argmax(1) for part in parts])
    return float((told == labels).mean())
