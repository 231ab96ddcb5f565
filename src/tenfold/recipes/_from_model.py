"""What a recipe is where the training begins with a model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes._recipe import Recipe
from tenfold.recipes._registry import AnyRecipe

__all__ = ["settled_recipe"]

EPOCHS = 1 / 10
"""How many of a recipe's epochs a training from a model takes, where none are named."""

RATE = 1 / 10
"""What part of a recipe's learning rate it takes, where none is named."""


def settled_recipe(
    recipe: AnyRecipe, changes: Mapping[str, object], start: str | Path | None
) -> AnyRecipe:
    """Return ``recipe`` with its changes, made gentler where the training begins with a model.

    Weights that know digits already would forget much of them at a full learning rate: unless
    ``changes`` say otherwise, a tenth of the epochs are trained at a tenth of the rate.

    Raises:
        UnknownNameError: for a change that names no field.
        InputError: if the recipe is the reader's and a start is named, or does not admit a change.
    """
    if start is None:
        return recipe.changed(changes)
    if not isinstance(recipe, Recipe):
        raise InputError(
            _(
                "{name} cannot start from a model; only recipes of one network can.",
                name=recipe.name,
            )
        )
    gentle = {
        "epochs": max(1, round(recipe.epochs * EPOCHS)),
        "learning_rate": recipe.optimizer.learning_rate * RATE,
    }
    return recipe.changed({**gentle, **changes})
