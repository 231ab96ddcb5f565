"""The figures of one run, drawn from its folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tenfold.runs import Run

__all__ = ["draw_run_figures"]

GRID = 5


def draw_run_figures(run: Run) -> Iterator[Path]:
    """Draw a finished run's figures into its folder, and yield the path of each."""
    from tenfold.figures import save

    for name, figure in _figures(run):
        path = run.figures_folder / f"{name}.png"
        save(figure, path)
        yield path


def _figures(run: Run) -> Iterator[tuple[str, Figure]]:
    from tenfold.data import load_dataset
    from tenfold.figures import find_figure
    from tenfold.models import load_model

    plan, test = run.plan, run.scores.get("test")
    history = [msgspec.to_builtins(row) for row in run.history]
    last = (test["loss"], test["accuracy"]) if test else None
    title = plan["recipe"]["name"]
    yield "learning_curves", find_figure("learning_curves")([history], title=title, test=last)
    if test is None:
        return
    yield "confusion", find_figure("confusion")(test["confusion"])
    images, labels = load_dataset(plan["settings"]["data"]).test[: GRID * GRID]
    probabilities = load_model(run.model_path).predict_proba(images)
    yield "predictions", find_figure("predictions")(images, labels, probabilities)
