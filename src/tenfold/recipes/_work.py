"""How much arithmetic a training is: the same on every machine, unlike its time."""

from __future__ import annotations

from tenfold.recipes._recipe import Recipe
from tenfold.recipes._summary import summarize

__all__ = ["MNIST", "training_operations"]

MNIST = 60_000
"""How many images MNIST has to train on."""


def training_operations(recipe: Recipe, images: int = MNIST) -> int:
    """Return the multiplications and additions of a whole training on so many images.

    An image that is seen costs three times the network's way forward: the way back is about two.
    """
    forward = sum(row.operations for row in summarize(recipe.layers))
    steps = recipe.steps_per_epoch
    seen = images if steps is None else steps * recipe.batch_size
    return 3 * forward * seen * recipe.epochs
