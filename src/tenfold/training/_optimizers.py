"""PyTorch's optimizers, made from a recipe's data."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from tenfold.recipes import SGD, Adam, AdamW, Optimizer, RMSprop

__all__ = ["build_optimizer"]


def build_optimizer(
    optimizer: Optimizer, parameters: Iterable[nn.Parameter]
) -> torch.optim.Optimizer:
    """Return the optimizer that ``optimizer`` describes, over ``parameters``."""
    parameters = list(parameters)
    match optimizer:
        case SGD(learning_rate, momentum):
            return torch.optim.SGD(parameters, learning_rate, momentum, fused=True)
        case RMSprop(learning_rate, rho, epsilon):
            return torch.optim.RMSprop(
                parameters, learning_rate, alpha=rho, eps=epsilon, foreach=True
            )
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
