"""Folds of a cross-validation: side by side on all cores, or one after another."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from _measure import Clock, Options, ratio, spread, table

from tenfold.experiments import crossval
from tenfold.processes import core_count

BUDGET = 2.0
RECIPE = "cnn-deep"
FOLDS = 4
IMAGES = 8_000
ROUNDS = 3


def seconds(workers: int, threads: int, images: int) -> float:
    """Return how long a cross-validation takes, starts of processes included."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        crossval(
            [RECIPE],
            folds=FOLDS,
            folder=Path(folder) / "folds",
            workers=workers,
            threads=threads,
            subset=images,
            changes={"epochs": 1},
        )
        return time.perf_counter() - began


def measure(options: Options) -> dict[str, Any]:
    clock, cores = Clock(options.minutes), core_count()
    images, rounds = (200, 1) if options.tiny else (IMAGES, ROUNDS)
    ways = {
        f"{cores} at once, one thread each": (cores, 1),
        f"one after another, {cores} threads": (1, cores),
        "one after another, one thread": (1, 1),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    left_out, longest = [], 0.0
    for number in range(rounds):
        if number and clock.left < longest * 1.1:
            left_out.append(f"turns {number + 1} to {rounds}: the time was used up")
            break
        before = clock.left
        for name, way in ways.items():
            times[name].append(seconds(*way, images))
        longest = before - clock.left
    first = next(iter(times.values()))
    rows = {name: {"seconds": spread(t), "share": ratio(t, first)} for name, t in times.items()}
    return {"rows": rows, "images": images, "cores": cores, "left_out": left_out}


def tables(result: Mapping[str, Any]) -> dict[str, str]:
    head = ["way", "seconds, median", "each", "the first is faster by"]
    rows = [
        [
            name,
            f"{row['seconds']['median']:.1f}",
            ", ".join(f"{value:.1f}" for value in row["seconds"]["values"]),
            "{median:.2f} ({min:.2f} to {max:.2f})".format(**row["share"]),
        ]
        for name, row in result["rows"].items()
    ]
    note = f"{FOLDS} folds of {RECIPE}, {result['images']:,} images, 1 epoch."
    return {"folds": f"{note}\n\n{table(head, rows)}"}
