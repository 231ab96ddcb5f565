"""What experiments have in common in how they are asked for."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.data import DataSet, Labels
from tenfold.errors import InputError
from tenfold.experiments.scores import Folds
from tenfold.language import text as _
from tenfold.recipes import Recipe, load_recipe

__all__ = ["check_folds", "check_images", "chosen_recipes", "command_line", "image_count"]

DEFAULTS = {"subset": None, "device": "auto", "precision": "fp32", "threads": 1}


def check_images(data: DataSet, subset: int | None, threads: int) -> None:
    """Refuse what every job would refuse, before any process begins.

    Raises:
        InputError: for a subset or number of threads that is not possible.
    """
    count = len(data.train)
    if subset is not None and not 1 <= subset <= count:
        raise InputError(
            _(
                "Received a subset of {subset} images; expected 1 to {count}.",
                subset=subset,
                count=count,
            )
        )
    if threads < 1:
        raise InputError(_("Received {threads} threads; expected at least 1.", threads=threads))


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
    chosen = [one if isinstance(one, Recipe) else load_recipe(one) for one in recipes]
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


def command_line(
    command: str,
    words: Sequence[str],
    data: str,
    changes: Mapping[str, object],
    given: Mapping[str, Any],
) -> str:
    """Return the line that asks for the same experiment, without what is so by default."""
    line = ["tenfold", command, *words]
    if data != "mnist":
        line += ["--data", data]
    for name, value in changes.items():
        line += ["--set", f"{name}={value}"]
    for name, value in given.items():
        if value != DEFAULTS[name]:
            line += [f"--{name}", str(value)]
    return shlex.join(line)


def _labels(data: DataSet) -> Labels:
    """The labels of all images but the test images."""
    parts = [data.splits[name].labels for name in ("train", "valid") if name in data.splits]
    return np.concatenate(parts)
