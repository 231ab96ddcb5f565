"""What a tracker is, and what all trackers record."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Protocol

import msgspec

from tenfold.records import EpochRow, Run
from tenfold.training.progress import Observer

__all__ = ["Tracker", "epoch_metrics", "final_metrics", "parameters"]


class Tracker(Observer, Protocol):
    """An observer that also takes the scores of the finished run."""

    def on_finish(self) -> None:
        """The run is finished: its scores and its model lie in its folder."""


def epoch_metrics(row: EpochRow) -> dict[str, float]:
    """Return an epoch's measurements by name, those that were made."""
    return _finite(
        {
            "loss/train": row.loss,
            "accuracy/train": row.accuracy,
            "loss/validation": row.validation_loss,
            "accuracy/validation": row.validation_accuracy,
            "speed/images_per_second": row.images_per_second,
        }
    )


def final_metrics(run: Run) -> dict[str, float]:
    """Return a finished run's scores by name; the validation scores are those of the last epoch."""
    test = run.scores.test
    return _finite({"loss/test": test.loss, "accuracy/test": test.accuracy}) if test else {}


def parameters(run: Run) -> dict[str, object]:
    """Return what decides a run as flat names and plain values; layers are one line of JSON."""
    plan = run.plan.to_dict()
    recipe = dict(plan["recipe"])
    flat = {f"optimizer.{name}": value for name, value in recipe.pop("optimizer").items()}
    layers = msgspec.json.encode(recipe.pop("layers")).decode()
    return {**recipe, **flat, "layers": layers, **plan["settings"]}


def _finite(values: Mapping[str, float | None]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in values.items()
        if value is not None and isfinite(value)
    }
