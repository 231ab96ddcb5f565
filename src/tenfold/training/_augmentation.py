"""Batches of images changed as a recipe's augmentation says."""

from __future__ import annotations

from functools import cache
from math import radians

import torch
from torch.nn.functional import affine_grid, grid_sample, interpolate

from tenfold.recipes import Augmentation

__all__ = ["augmented"]


def augmented(
    images: torch.Tensor, augmentation: Augmentation, looks: torch.Generator
) -> torch.Tensor:
    """Turn, stretch, shear, shift and bend each image a little, bilinearly.

    Args:
        images: float32 [N, 1, H, W]; what comes in from outside is 0.
        augmentation: by how much.
        looks: where the amounts are drawn from.
    """
    count, _channels, height, width = images.shape
    pixel = torch.tensor([2 / width, 2 / height])
    turn = torch.randn(count, generator=looks) * radians(augmentation.rotation)
    stretch = torch.exp(torch.randn(count, 2, generator=looks) * augmentation.stretch)
    shear = torch.randn(count, generator=looks) * augmentation.shear
    shift = torch.randn(count, 2, generator=looks) * augmentation.shift * pixel
    across = torch.stack([turn.cos() / stretch[:, 0], shear - turn.sin(), shift[:, 0]], 1)
    down = torch.stack([turn.sin(), turn.cos() / stretch[:, 1], shift[:, 1]], 1)
    grid = affine_grid(torch.stack([across, down], 1), list(images.shape), align_corners=False)
    if augmentation.elastic:
        knots = augmentation.knots
        bent = torch.randn(count, 2, knots, knots, generator=looks) * augmentation.elastic
        smooth = _spread(knots, height) @ bent @ _spread(knots, width).T
        grid = grid + smooth.permute(0, 2, 3, 1) * pixel
    return grid_sample(images, grid.to(images.device), align_corners=False)


@cache
def _spread(knots: int, size: int) -> torch.Tensor:
    """Return float32 [size, knots]: how values at knots spread, by cubic splines, to pixels."""
    each = torch.eye(knots).reshape(knots, 1, knots, 1)
    spread = interpolate(each, size=(size, 1), mode="bicubic", align_corners=True)
    return spread.reshape(knots, size).T
