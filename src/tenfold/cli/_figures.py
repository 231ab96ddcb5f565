"""The figures of a run or an experiment, drawn from its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.language import text as _

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tenfold.cli._sources import Choices
    from tenfold.records import Run

__all__ = ["draw_crossval_figures", "draw_run_figures", "draw_sweep_figures"]

GRID = 25


def draw_run_figures(run: Run) -> Iterator[Path]:
    """Draw a finished run's figures into its folder, and yield the path of each."""
    from tenfold.figures import save

    for name, figure in _figures(run):
        yield save(figure, run.figures_folder / f"{name}.png")


def draw_crossval_figures(folder: Path, recipes: Sequence[str]) -> None:
    """Draw a cross-validation's scores and each recipe's curves, and say where, or why not."""
    from tenfold.cli._sources import Choices

    curves = {f"learning_curves-{name}": Choices(recipe=name) for name in recipes}
    _draw_into(folder, {"fold_scores": Choices(), **curves})


def draw_sweep_figures(folder: Path, parameters: Sequence[str]) -> None:
    """Draw a sweep's trials over each parameter, and say where, or why not."""
    from tenfold.cli._sources import Choices

    _draw_into(folder, {f"sweep-{name}": Choices(parameter=name) for name in parameters})


def _draw_into(folder: Path, wanted: Mapping[str, Choices]) -> None:
    """Draw an experiment's figures; what stands before a hyphen is the figure's name."""
    from tenfold.cli._screen import note
    from tenfold.cli._sources import draw_from
    from tenfold.cli._sources.experiment import ExperimentSource
    from tenfold.errors import InputError, MissingExtraError, RunError

    for name, choices in wanted.items():
        try:
            from tenfold.figures import find_figure, save

            figure = name.partition("-")[0]
            drawn = draw_from(ExperimentSource(folder, choices), figure, find_figure(figure))
            path = save(drawn, folder / "figures" / f"{name}.png")
        except MissingExtraError as error:
            note(str(error))
            return
        except (InputError, RunError) as error:
            # The experiment is done, whether or not it can be drawn.
            note(_("No figure {name}: {reason}", name=name, reason=error))
        else:
            note(_("Drew {path}", path=path))


def _figures(run: Run) -> Iterator[tuple[str, Figure]]:
    from tenfold.data import load_dataset
    from tenfold.figures.class_scores import class_scores
    from tenfold.figures.confusion import confusion
    from tenfold.figures.learning_curves import learning_curves
    from tenfold.figures.network import network
    from tenfold.figures.predictions import predictions
    from tenfold.figures.reliability import reliability
    from tenfold.figures.worst_errors import worst_errors
    from tenfold.models import load_model
    from tenfold.recipes import summarize

    recipe = run.plan.network
    test = run.scores.test
    last = (test.loss, test.accuracy) if test else None
    over = "step" if recipe.sampling == "replacement" else None
    yield "learning_curves", learning_curves([run.history], recipe.name, last, over)
    yield "network", network(summarize(recipe.layers), recipe.name)
    if test is None or test.confusion is None:
        return
    yield "confusion", confusion(test.confusion)
    yield "class_scores", class_scores(test.confusion)
    images, labels = load_dataset(run.plan.settings.data).test
    rows = load_model(run.model_path).predict_proba(images)
    yield "predictions", predictions(images[:GRID], labels[:GRID], rows[:GRID])
    yield "worst_errors", worst_errors(images, labels, rows)
    yield "reliability", reliability(rows, labels)
