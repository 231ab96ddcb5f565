"""Networks of PyTorch, built from a recipe's layers."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import torch
from torch import nn

from tenfold.networks.dropout import FastDropout
from tenfold.networks.pooling import Pooling
from tenfold.recipes import BatchNorm, Conv, Dense, Flatten, Layer, MaxPool, summarize
from tenfold.recipes import Dropout as DropoutLayer

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
        if _goes_first(layer, modules):
            modules[-1:-1] = built
        else:
            modules += built
    return nn.Sequential(*modules)


def _goes_first(layer: Layer, modules: list[nn.Module]) -> bool:
    """Whether a layer does the same before the ReLU that stands last, at less cost.

    max(relu(x)) = relu(max(x)), to the bit and in its gradient: pooling first leaves the ReLU a
    quarter of the work, flattening first a plain vector. But a batch normalization must get its
    gradient in the layout of its maps, which flattening would change.
    """
    if not modules or not isinstance(modules[-1], nn.ReLU):
        return False
    normalized = len(modules) > 1 and isinstance(modules[-2], nn.BatchNorm2d)
    return isinstance(layer, MaxPool) or (isinstance(layer, Flatten) and not normalized)


def _modules(layer: Layer, shape: tuple[int, ...]) -> list[nn.Module]:
    match layer:
        case Conv(filters, kernel, activation):
            biased = layer.bias != "none"
            conv = nn.Conv2d(shape[0], filters, kernel, layer.stride, layer.padding, bias=biased)
            _initialize(conv, layer)
            return [conv, *_activation(activation)]
        case Dense(units, activation):
            dense = nn.Linear(shape[0], units, bias=layer.bias != "none")
            _initialize(dense, layer)
            return [dense, *_activation(activation)]
        case MaxPool(size):
            return [Pooling(size)]
        case Flatten():
            return [nn.Flatten()]
        case BatchNorm(momentum, epsilon, activation):
            kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
            normal = kind(shape[0], eps=epsilon, momentum=1 - momentum)
            return [normal, *_activation(activation)]
        case DropoutLayer(rate):
            return [FastDropout(rate)]


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
    fan_in = weight[0].numel()
    fan_out = weight.shape[0] * weight[0][0].numel()
    bound = {
        "glorot_uniform": sqrt(6 / (fan_in + fan_out)),
        "he_uniform": sqrt(6 / fan_in),
        "fan_in_uniform": sqrt(1 / fan_in),
    }[layer.weights]
    with torch.no_grad():
        weight.uniform_(-bound, bound)
        if bias is None:
            return
        if layer.bias == "zeros":
            bias.zero_()
        else:
            bias.uniform_(-sqrt(1 / fan_in), sqrt(1 / fan_in))
