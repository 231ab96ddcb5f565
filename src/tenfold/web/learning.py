"""The command by which a model learns from the corrections, where it can."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tenfold.errors import TenfoldError
from tenfold.recipes import Recipe, changes_of, load_recipe
from tenfold.records import numbered_folder
from tenfold.records.command import TrainPlan, command_line

__all__ = ["learning_command"]

USUAL = Path("runs")
NAME = "my-hand"


def learning_command(recipe: Mapping[str, Any], start: str | Path, models: Path) -> str | None:
    """Return what to type where the service runs; None for a model that no training starts from.

    Args:
        recipe: that the model was trained by, as plain data.
        start: the model: a bundled one's name, or its run's folder.
        models: the folder in which the service finds models. A training finds a free name in
            ``runs`` by itself; elsewhere one is named here.
    """
    try:
        theirs = Recipe.from_dict(recipe)
        known = load_recipe(theirs.name)
    except TenfoldError:
        return None
    network = {name: getattr(theirs, name) for name in ("layers", "scaling", "shifts")}
    changes = changes_of(msgspec.structs.replace(known, **network))
    if changes is None:
        return None
    plan = TrainPlan(
        recipe=theirs.name,
        changes=changes,
        start_from=str(_seen(start) if isinstance(start, Path) else start),
        add=("corrections",),
    )
    usual = _seen(models) == USUAL
    return command_line(plan, run=None if usual else str(_seen(numbered_folder(models, NAME))))


def _seen(path: Path) -> Path:
    """The path as seen from the folder that the service runs in, where it lies inside."""
    here = Path.cwd()
    return path.absolute().relative_to(here) if path.absolute().is_relative_to(here) else path
