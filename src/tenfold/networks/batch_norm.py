"""Batch normalization over the images of several processes."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.functional import batch_norm
from torch.nn.modules.batchnorm import _BatchNorm

__all__ = ["SharedBatchNorm", "share_statistics"]


def share_statistics(network: nn.Module) -> None:
    """Let each batch normalization in ``network`` see the images of all processes.

    Its parameters and running statistics stay the same tensors under the same names.
    """
    for name, module in network.named_children():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            setattr(network, name, _shared(module))


def _shared(module: nn.BatchNorm1d | nn.BatchNorm2d) -> nn.Module:
    if module.weight.is_cuda:
        synced: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(module)
        return synced
    shared = SharedBatchNorm(module.num_features, module.eps, module.momentum)
    shared.weight, shared.bias = module.weight, module.bias
    shared.running_mean, shared.running_var = module.running_mean, module.running_var
    shared.num_batches_tracked = module.num_batches_tracked
    return shared.train(module.training)


class SharedBatchNorm(_BatchNorm):
    """What ``nn.SyncBatchNorm`` is on GPUs, for processors, where that one does not work.

    It takes float32 or bfloat16 [N, C] or [N, C, H, W]; N may differ between processes and be 0.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalize by the moments over all processes, or by the running ones if not training."""
        if not self.training:
            usual: torch.Tensor = super().forward(x)
            return usual
        y, mean, variance, count = _normalized(x, self.weight, self.bias, self.eps)
        self._remember(mean, variance * (count / max(count - 1, 1)))
        return y

    def _check_input_dim(self, x: torch.Tensor) -> None:
        """Take what the recipe's summary has checked."""

    @torch.no_grad()
    def _remember(self, mean: torch.Tensor, variance: torch.Tensor) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
        self.num_batches_tracked.add_(1)


class _Normalized(torch.autograd.Function):
    """Values less their mean, over their deviation, times a weight, plus a bias.

    For n values x of a channel in all processes, normalized to z = (x - mean) / deviation, the
    gradient is weight / deviation * (dy - sum(dy) / n - z * sum(dy * z) / n).
    """

    @staticmethod
    def forward(
        context: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, epsilon: float
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, float]:
        """Return what x becomes, the mean and biased variance [C] of all x, and their count."""
        values = x.float()
        mean, variance, count = _moments(values)
        y = batch_norm(values, mean, variance, weight, bias, eps=epsilon)
        context.save_for_backward(x, weight, mean, (variance + epsilon).rsqrt())
        context.mark_non_differentiable(mean, variance)
        context.count = count
        return y.to(x.dtype), mean, variance, count

    @staticmethod
    def backward(
        context: Any, dy: torch.Tensor, *_others: Any
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, None]:
        """Return the gradients of x, and this process's part of those of weight and bias."""
        x, weight, mean, factor = context.saved_tensors
        z = (x.float() - _spread(mean, x)).mul_(_spread(factor, x))
        slope = dy.float()
        over = _all_but_channels(x)
        parts = torch.stack([slope.sum(over), (slope * z).sum(over)])
        sums = parts.clone()
        dist.all_reduce(sums)
        sums /= context.count
        z.mul_(_spread(sums[1], x)).add_(_spread(sums[0], x))
        dx = (slope - z).mul_(_spread(weight * factor, x))
        return dx.to(x.dtype), parts[1], parts[0], None


def _normalized(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, epsilon: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, float]:
    found: tuple[torch.Tensor, torch.Tensor, torch.Tensor, float]
    found = _Normalized.apply(x, weight, bias, epsilon)  # type: ignore[no-untyped-call] # stubs
    return found


def _moments(values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Return mean and biased variance [C] over all processes, and how many values a channel has.

    Each process squares what differs from its own mean, so that float32 loses nothing by it; what
    then is added up is float64.
    """
    over = _all_but_channels(values)
    count = values.numel() // values.shape[1]
    center = values.sum(over) / max(count, 1)
    squares = (values - _spread(center, values)).square_().sum(over).double()
    center = center.double()
    size = torch.full((1,), float(count), dtype=torch.float64)
    sums = torch.cat([center * count, squares + center.square() * count, size])
    dist.all_reduce(sums)
    everything = sums[-1].item()
    mean, square = (sums[:-1] / everything).chunk(2)
    return mean.float(), (square - mean.square()).float(), everything


def _all_but_channels(x: torch.Tensor) -> list[int]:
    return [axis for axis in range(x.ndim) if axis != 1]


def _spread(channels: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Shape [C] so that it meets the channels of ``x``."""
    return channels.reshape([1, -1] + [1] * (x.ndim - 2))
