"""Batches of images changed as a recipe's augmentation says."""

from __future__ import annotations

from functools import cache
from math import radians

import torch
from torch.nn.functional import affine_grid, grid_sample, interpolate

from tenfold.recipes import Augmentation

__all__ = ["augmented"]

EVERY = slice(None)


def augmented(
    images: torch.Tensor,
    augmentation: Augmentation,
    looks: torch.Generator,
    batch: int | None = None,
    rows: slice = EVERY,
) -> torch.Tensor:
    """Turn, stretch, shear, shift and bend each image a little, bilinearly.

    Args:
        images: float32 [N, 1, H, W]; what comes in from outside is 0.
        augmentation: by how much.
        looks: where the amounts are drawn from.
        batch: how many images the batch has of which ``images`` are a part; by default N.
        rows: which of them ``images`` are. What is drawn for an image does not depend on the part.
    """
    count, _channels, height, width = images.shape

    def drawn(*shape: int) -> torch.Tensor:
        whole = count if batch is None else batch
        return torch.randn(whole, *shape, generator=looks)[rows]

    pixel = torch.tensor([2 / width, 2 / height])
    turn = drawn() * radians(augmentation.rotation)
    stretch = torch.exp(drawn(2) * augmentation.stretch)
    shear = drawn() * augmentation.shear
    shift = drawn(2) * augmentation.shift * pixel
    across = torch.stack([turn.cos() / stretch[:, 0], shear - turn.sin(), shift[:, 0]], 1)
    down = torch.stack([turn.sin(), turn.cos() / stretch[:, 1], shift[:, 1]], 1)
    if not count:
        return images
    grid = affine_grid(torch.stack([across, down], 1), list(images.shape), align_corners=False)
    if augmentation.elastic:
        knots = augmentation.knots
        bent = drawn(2, knots, knots) * augmentation.elastic
        smooth = _spread(knots, height) @ bent @ _spread(knots, width).T
        grid = grid + smooth.permute(0, 2, 3, 1) * pixel
    return grid_sample(images, grid.to(images.device), align_corners=False)


@cache
def _spread(knots: int, size: int) -> torch.Tensor:
    """Return float32 [size, knots]: how values at knots spread, by cubic splines, to pixels."""
    each = torch.eye(knots).reshape(knots, 1, knots, 1)
    spread = interpolate(each, size=(size, 1), mode="bicubic", align_corners=True)
    return spread.reshape(knots, size).T
