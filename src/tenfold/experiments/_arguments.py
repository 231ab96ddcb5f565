"""What experiments have in common in how they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tenfold.data import DataSet, Labels
from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes import Named, Recipe, load_recipe, named
from tenfold.records import TrainingOptions
from tenfold.records.command import changes_as_text
from tenfold.records.results import Folds

__all__ = [
    "asked_recipes",
    "check_folds",
    "chosen_recipes",
    "image_count",
    "kept_options",
]


def check_folds(data: DataSet, cut: Folds, subset: int | None) -> None:
    """Refuse more folds than the images can be cut into, before any process begins.

    Raises:
        InputError: if that is so.
    """
    labels = _labels(data)[:subset]
    counts = np.bincount(labels) if cut.stratified else np.array([len(labels)])
    fewest = int(counts[counts > 0].min(initial=len(labels)))
    if cut.folds > fewest:
        kind = _("images of the rarest digit") if cut.stratified else _("images")
        raise InputError(
            _(
                "Received {folds} folds for {count} {kind}; expected at most one for each.",
                folds=cut.folds,
                count=fewest,
                kind=kind,
            )
        )


def chosen_recipes(
    recipes: Sequence[str | Path | Recipe], changes: Mapping[str, object]
) -> tuple[Recipe, ...]:
    """Load the recipes and make the changes.

    Raises:
        InputError: for no recipe, two of one name, or a change that a recipe does not admit.
        UnknownNameError: if there is no recipe of a name.
    """
    chosen = [load_recipe(one) for one in recipes]
    names = [recipe.name for recipe in chosen]
    if not names or len(set(names)) < len(names):
        raise InputError(
            _(
                "Received recipes {names}; expected at least one, each with a name of its own.",
                names=", ".join(names) or _("none"),
            )
        )
    return tuple(recipe.changed(changes) for recipe in chosen)


def image_count(data: DataSet, subset: int | None) -> int:
    """Return how many images there are to train on and to hold out from."""
    return len(_labels(data)[:subset])


def asked_recipes(
    recipes: Sequence[str | Path | Recipe],
    changes: Mapping[str, object],
    *,
    settable: bool = True,
) -> Named:
    """Return how a command names the recipes: as they were named here, where it can.

    Args:
        recipes: as for ``chosen_recipes``.
        changes: likewise.
        settable: whether the command takes changes at all.
    """
    words = [str(one) for one in recipes if not isinstance(one, Recipe)]
    settings = changes_as_text(changes)
    if len(words) == len(recipes) and settings is not None and (settable or not settings):
        return Named(tuple(words), settings)
    return named(chosen_recipes(recipes, changes), settable=settable)


def kept_options(options: TrainingOptions, recipes: Sequence[Recipe]) -> dict[str, object]:
    """Return what an experiment's plan keeps of the options that all its trainings share.

    Where all recipes say fp32 anyway, that is the precision that was asked for: plans of folders
    begun when it was the default say so, and go on.
    """
    plain = all(recipe.precision == "fp32" for recipe in recipes)
    return {
        "subset": options.subset,
        "device": options.device,
        "precision": "fp32" if options.precision is None and plain else options.precision,
        "threads": options.threads,
    }


def _labels(data: DataSet) -> Labels:
    """The labels of all images but the test images."""
    parts = [data.splits[name].labels for name in ("train", "valid") if name in data.splits]
    return np.concatenate(parts)
