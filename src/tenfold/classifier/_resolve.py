"""The recipe of a fit, with nothing left open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes import BatchNorm, Recipe, load_recipe
from tenfold.training.batches import steps_in_epoch

__all__ = ["settled"]

FEWEST_STEPS = 100
"""How many steps a fit takes at least where no epochs are named: recipes are made for MNIST's
60,000 images, and one epoch of a few hundred would be a step or two."""


def settled(
    recipe: object, changes: Mapping[str, object], count: int, **named: float | None
) -> Recipe:
    """Return the recipe with every change, for ``count`` images.

    Args:
        recipe: a name, the path of a recipe file, or a ``Recipe``.
        changes: fields to set.
        count: how many images there are.
        named: fields that go before ``changes``, where they are not None.

    Raises:
        InputError: for a recipe or setting that is not possible.
    """
    given = {key: value for key, value in named.items() if value is not None}
    merged = {"validation": 0, **changes, **given}
    # msgspec knows Python's own numbers alone, and grids are often numpy's.
    plain = {k: v.item() if isinstance(v, np.generic) else v for k, v in merged.items()}
    chosen = _recipe(recipe).changed(plain)
    held = chosen.validation if isinstance(chosen.validation, int) else 0
    # Whether any image is left is said where they are split.
    trained = count - held if held < count else count
    chosen = _without_lone_image(chosen, trained)
    if "epochs" in plain:
        return chosen
    fewest = -(-FEWEST_STEPS // steps_in_epoch(chosen, trained))
    return chosen.changed({"epochs": max(chosen.epochs, fewest)})


def _recipe(given: object) -> Recipe:
    if not isinstance(given, str | Path | Recipe):
        raise InputError(
            _(
                "Received recipe {given!r}; expected a name, the path of a recipe file, or a "
                "Recipe.",
                given=given,
            )
        )
    return load_recipe(given)


def _without_lone_image(recipe: Recipe, count: int) -> Recipe:
    """The recipe with batches of one image more if otherwise the last one were a single image.

    Raises:
        InputError: if there is a batch normalization, which needs more than one image, and no way
            to have more.
    """
    if not any(isinstance(layer, BatchNorm) for layer in recipe.layers):
        return recipe
    if recipe.batch_size < 2 or count < 2:
        raise InputError(
            _(
                "Received {count} sample(s) in batches of {size}; {name} normalizes over batches "
                "and needs at least 2 images in each.",
                count=count,
                size=recipe.batch_size,
                name=recipe.name,
            )
        )
    size = recipe.batch_size
    while recipe.sampling == "shuffle" and count % size == 1:
        size += 1
    return recipe.changed({"batch_size": size})
