"""What a figure can be drawn from: one file here is one kind of source.

A source has an attribute for each result that it holds, named as the figures name their arguments:
``matrix``, ``images``, ``histories`` and so on. So a figure is drawn from a source by matching
names, and a new figure that takes known results needs no line here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.cli._sources.choices import Choices
from tenfold.cli._sources.data import DataSource
from tenfold.cli._sources.experiment import ExperimentSource, is_experiment
from tenfold.cli._sources.model import ModelSource
from tenfold.cli._sources.picture import PictureSource
from tenfold.cli._sources.recipe import RecipeSource
from tenfold.cli._sources.run import RunSource
from tenfold.data.endings import PICTURE_ENDINGS
from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes import recipe_names
from tenfold.records import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["SOURCES", "Choices", "Source", "draw_from", "open_source", "suits"]

Source = RunSource | ExperimentSource | ModelSource | RecipeSource | PictureSource | DataSource
SOURCES: tuple[type[Source], ...] = (
    RunSource,
    ExperimentSource,
    ModelSource,
    RecipeSource,
    PictureSource,
    DataSource,
)


def open_source(name: str, choices: Choices) -> Source:
    """Return the source of this name or path; its kind is told by what is there.

    Raises:
        InputError: if nothing of that name is a source.
    """
    path = Path(name)
    if Run(path).started:
        return RunSource(Run(path), choices)
    if is_experiment(path):
        return ExperimentSource(path, choices)
    ending = path.suffix.lower()
    if ending == ".onnx":
        return ModelSource(path, choices)
    if name in recipe_names() or ending in (".py", ".json"):
        return RecipeSource(name)
    if ending in PICTURE_ENDINGS:
        return PictureSource(path)
    return DataSource(name, choices)


def draw_from(source: Source, name: str, figure: Callable[..., Figure]) -> Figure:
    """Draw a figure from what ``source`` holds; what it lacks must have a default.

    Raises:
        InputError: if the figure needs a result that this kind of source does not hold.
    """
    if not suits(type(source), figure):
        able = [kind.kind() for kind in SOURCES if suits(kind, figure)]
        raise InputError(
            _(
                "{figure} cannot be drawn from {kind}; give {able}.",
                figure=name,
                kind=source.kind(),
                able=" / ".join(able),
            )
        )
    arguments: dict[str, object] = {}
    for argument in inspect.signature(figure).parameters.values():
        if not hasattr(type(source), argument.name):
            continue
        value = getattr(source, argument.name)
        if value is not None or argument.default is argument.empty:
            arguments[argument.name] = value
    return figure(**arguments)


def suits(kind: type[Source], figure: Callable[..., Figure]) -> bool:
    """Whether this kind of source holds all that the figure needs."""
    needed = inspect.signature(figure).parameters.values()
    return all(hasattr(kind, a.name) for a in needed if a.default is a.empty)
