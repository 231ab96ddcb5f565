"""Which images make up each batch."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np
import torch

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes import Recipe, summarize

__all__ = ["batch_indices", "check_batches", "epoch_generators", "steps_in_epoch"]


def check_batches(recipe: Recipe, count: int) -> None:
    """Refuse a batch of one image where one image has no variance to normalize by.

    Raises:
        InputError: if the recipe normalizes vectors and an epoch over ``count`` images has one.
    """
    left = 0 if recipe.sampling == "replacement" else count % recipe.batch_size
    alone = (left or recipe.batch_size) == 1
    rows = summarize(recipe.layers)
    if alone and any(row.kind == "batch_norm" and prod(row.shape[1:]) == 1 for row in rows):
        raise InputError(
            _(
                "{count} images in batches of {size} leave a batch of one image, which batch "
                "normalization cannot use; choose another number of images (--subset) or "
                "batch_size.",
                count=count,
                size=recipe.batch_size,
            )
        )


def steps_in_epoch(recipe: Recipe, count: int) -> int:
    """Return how many steps one epoch over ``count`` images takes; the last may be smaller."""
    return recipe.steps_per_epoch or -(-count // recipe.batch_size)


def batch_indices(recipe: Recipe, count: int, seed: int, epoch: int) -> Iterator[torch.Tensor]:
    """Yield int64 indices below ``count`` for each step of ``epoch``.

    The order depends on seed and epoch alone, so a resumed run needs nothing of the past.
    """
    random = np.random.default_rng([seed, epoch])
    if recipe.sampling == "replacement":
        size = (steps_in_epoch(recipe, count), recipe.batch_size)
        return iter(torch.from_numpy(random.integers(0, count, size)))
    return iter(torch.from_numpy(random.permutation(count)).split(recipe.batch_size))


def epoch_generators(seed: int, epoch: int) -> tuple[np.random.Generator, torch.Generator]:
    """Return the sources of an epoch's order and of its augmentation; it needs no past."""
    order, looks = np.random.SeedSequence([seed, epoch]).spawn(2)
    state = int(looks.generate_state(1, np.uint64)[0])
    return np.random.default_rng(order), torch.Generator().manual_seed(state)
