"""The figures of one run, drawn from its folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tenfold.runs import Run

__all__ = ["draw_run_figures"]

GRID = 5


def draw_run_figures(run: Run) -> Iterator[Path]:
    """Draw a finished run's figures into its folder, and yield the path of each."""
    from tenfold.figures import save

    for name, figure in _figures(run):
        yield save(figure, run.figures_folder / f"{name}.png")


def _figures(run: Run) -> Iterator[tuple[str, Figure]]:
    from tenfold.data import load_dataset
    from tenfold.figures.confusion import confusion
    from tenfold.figures.learning_curves import learning_curves
    from tenfold.figures.network import network
    from tenfold.figures.predictions import predictions
    from tenfold.models import load_model
    from tenfold.recipes import Recipe, summarize

    recipe = Recipe.from_dict(run.plan["recipe"])
    test = run.scores.get("test")
    last = (test["loss"], test["accuracy"]) if test else None
    over = "step" if recipe.sampling == "replacement" else None
    yield "learning_curves", learning_curves([run.history], recipe.name, last, over)
    yield "network", network(summarize(recipe.layers), recipe.name)
    if test is None:
        return
    yield "confusion", confusion(test["confusion"])
    images, labels = load_dataset(run.plan["settings"]["data"]).test[: GRID * GRID]
    probabilities = load_model(run.model_path).predict_proba(images)
    yield "predictions", predictions(images, labels, probabilities)
