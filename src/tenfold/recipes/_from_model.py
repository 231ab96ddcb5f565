"""What a recipe is where the training begins with a model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tenfold.recipes._registry import AnyRecipe

__all__ = ["settled_recipe"]


def settled_recipe(
    recipe: AnyRecipe, changes: Mapping[str, object], start: str | Path | None
) -> AnyRecipe:
    """Return ``recipe`` with its changes, made gentler where the training begins with a model.

    Raises:
        UnknownNameError: for a change that names no field.
        InputError: if the recipe is the reader's and a start is named, or does not admit a change.
    """
    return recipe.changed(changes) if start is None else recipe.changed_gently(changes)
