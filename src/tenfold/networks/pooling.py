"""Pooling whose gradient is written where PyTorch would copy it twice."""

from __future__ import annotations

from typing import Any, final

import torch
from torch import nn
from torch.autograd import Function
from torch.nn.functional import max_pool2d

__all__ = ["Pooling"]


@final
class Pooling(nn.Module):
    """The maximum of each ``size`` x ``size`` field, to the bit and in its gradient ``max_pool2d``.

    On processors PyTorch makes the gradient of maps whose channels lie together as one whose
    channels do not, and copies it there and back: a fifth of the time of a step of cnn-baseline.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Map [N, C, H, W] to [N, C, H // size, W // size]."""
        together = maps.is_contiguous(memory_format=torch.channels_last)
        if self.training and maps.device.type == "cpu" and together:
            pooled: torch.Tensor = _Maximum.apply(maps, self.size)  # type: ignore[no-untyped-call] # stubs
            return pooled
        return max_pool2d(maps, self.size)

    def extra_repr(self) -> str:
        """Return the size, for PyTorch's print of a network."""
        return str(self.size)


@final
class _Maximum(Function):
    @staticmethod
    def forward(ctx: Any, maps: torch.Tensor, size: int) -> torch.Tensor:
        ctx.size = [size, size]
        pooled, places = torch.ops.aten.max_pool2d_with_indices(maps, ctx.size, ctx.size)
        # The gradient's rule asks for the maps, but reads only their shape and layout.
        ctx.save_for_backward(maps, places)
        assert isinstance(pooled, torch.Tensor)
        return pooled

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        maps, places = ctx.saved_tensors
        gradient = torch.empty_like(maps)
        torch.ops.aten.max_pool2d_with_indices_backward.grad_input(
            gradients[0].contiguous(memory_format=torch.channels_last),
            maps,
            ctx.size,
            ctx.size,
            [0, 0],
            [1, 1],
            False,
            places,
            grad_input=gradient,
        )
        return gradient, None
