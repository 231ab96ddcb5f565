"""Networks of PyTorch, built from a recipe's layers."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import torch
from torch import nn

from tenfold.recipes import BatchNorm, Conv, Dense, Dropout, Flatten, Layer, MaxPool, summarize

__all__ = ["build_network"]


def build_network(layers: Iterable[Layer]) -> nn.Sequential:
    """Build and initialize a network from PyTorch's current random state.

    It maps float32 [N, 1, 28, 28] of scaled pixels to float32 logits [N, 10].
    """
    layers = tuple(layers)
    shapes = [row.shape for row in summarize(layers)]
    modules: list[nn.Module] = []
    for layer, shape in zip(layers, shapes, strict=False):
        built = _modules(layer, shape)
        if isinstance(layer, MaxPool | Flatten) and modules and isinstance(modules[-1], nn.ReLU):
            # max(relu(x)) = relu(max(x)), to the bit and in its gradient: pooling first leaves
            # the ReLU a quarter of the work, flattening first a plain vector.
            modules[-1:-1] = built
        else:
            modules += built
    return nn.Sequential(*modules)


def _modules(layer: Layer, shape: tuple[int, ...]) -> list[nn.Module]:
    match layer:
        case Conv(filters, kernel, activation):
            conv = nn.Conv2d(shape[0], filters, kernel)
            _initialize(conv, layer)
            return [conv, *_activation(activation)]
        case Dense(units, activation):
            dense = nn.Linear(shape[0], units)
            _initialize(dense, layer)
            return [dense, *_activation(activation)]
        case MaxPool(size):
            return [nn.MaxPool2d(size)]
        case Flatten():
            return [nn.Flatten()]
        case BatchNorm(momentum, epsilon):
            kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
            return [kind(shape[0], eps=epsilon, momentum=1 - momentum)]
        case Dropout(rate):
            return [nn.Dropout(rate)]


def _activation(name: str) -> list[nn.Module]:
    match name:
        case "relu":
            return [nn.ReLU(inplace=True)]
        case "sigmoid":
            return [nn.Sigmoid()]
        case _:
            return []


def _initialize(module: nn.Conv2d | nn.Linear, layer: Conv | Dense) -> None:
    weight, bias = module.weight, module.bias
    assert bias is not None
    fan_in = weight[0].numel()
    fan_out = weight.shape[0] * weight[0][0].numel()
    bound = {
        "glorot_uniform": sqrt(6 / (fan_in + fan_out)),
        "he_uniform": sqrt(6 / fan_in),
        "fan_in_uniform": sqrt(1 / fan_in),
    }[layer.weights]
    with torch.no_grad():
        weight.uniform_(-bound, bound)
        if layer.bias == "zeros":
            bias.zero_()
        else:
            bias.uniform_(-sqrt(1 / fan_in), sqrt(1 / fan_in))
