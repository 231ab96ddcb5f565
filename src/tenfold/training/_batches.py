"""Which images make up each batch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from tenfold.recipes import Recipe

__all__ = ["batch_indices", "epoch_generators", "steps_in_epoch"]


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
