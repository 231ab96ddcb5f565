"""PyTorch's optimizers, made from a recipe's data."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from tenfold.recipes import SGD, Adam, AdamW, Optimizer, RMSprop

__all__ = ["build_optimizer"]

# Adam's corrections fade as rho to the power of the step; a float32 counts no further than this.
FADED = float(1 << 24)


def build_optimizer(
    optimizer: Optimizer, parameters: Iterable[nn.Parameter]
) -> torch.optim.Optimizer:
    """Return the optimizer that ``optimizer`` describes, over ``parameters``."""
    parameters = list(parameters)
    match optimizer:
        case SGD(learning_rate, momentum):
            return torch.optim.SGD(parameters, learning_rate, momentum, fused=True)
        case RMSprop(learning_rate, rho, epsilon):
            return _rmsprop(parameters, learning_rate, rho, epsilon)
        case AdamW(learning_rate, beta_1, beta_2, epsilon, decay):
            groups = [
                {"params": [p for p in parameters if p.ndim > 1], "weight_decay": decay},
                {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
            ]
            betas = (beta_1, beta_2)
            return torch.optim.AdamW(groups, learning_rate, betas, epsilon, fused=True)
        case Adam(learning_rate, beta_1, beta_2, epsilon):
            betas = (beta_1, beta_2)
            return torch.optim.Adam(parameters, learning_rate, betas, epsilon, fused=True)


def _rmsprop(
    parameters: list[nn.Parameter], learning_rate: float, rho: float, epsilon: float
) -> torch.optim.Optimizer:
    """Return RMSprop as the Adam that it is a case of: without momentum, long begun.

    PyTorch has a step in one pass over the weights for Adam; for RMSprop it takes six.
    """
    optimizer = torch.optim.Adam(parameters, learning_rate, (0.0, rho), epsilon, fused=True)
    for parameter in parameters:
        optimizer.state[parameter] = {
            "step": torch.tensor(FADED, device=parameter.device),
            "exp_avg": torch.zeros_like(parameter),
            "exp_avg_sq": torch.zeros_like(parameter),
        }
    return optimizer
