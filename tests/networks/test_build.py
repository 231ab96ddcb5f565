"""Networks compute what their layers say, and start as the frameworks' do."""

from __future__ import annotations

from math import sqrt

import pytest
import torch
from torch import nn

from tenfold.networks.build import build_network
from tenfold.networks.pooling import Pooling
from tenfold.recipes import BatchNorm, Conv, Dense, Flatten, Layer, MaxPool

END = (Flatten(), Dense(10, activation="linear"))


def test_rectifying_last_changes_neither_values_nor_gradients() -> None:
    # The builder moves ReLU behind max pooling and flattening; the order of the text must give
    # the same bits.
    torch.manual_seed(0)
    built = build_network((Conv(8, 3), MaxPool(2), *END))
    kinds = [nn.Conv2d, Pooling, nn.Flatten, nn.ReLU, nn.Linear]
    assert [type(m) for m in built] == kinds
    as_written = nn.Sequential(built[0], nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), built[4])
    results = []
    for network in (built, as_written):
        network.zero_grad()
        logits = network(torch.randn(16, 1, 28, 28, generator=torch.Generator().manual_seed(1)))
        logits.square().sum().backward()
        results.append((logits, [p.grad.clone() for p in network.parameters()]))
    assert torch.equal(results[0][0], results[1][0])
    for mine, theirs in zip(results[0][1], results[1][1], strict=True):
        assert torch.equal(mine, theirs)


def test_batch_normalization_keeps_its_place_after_the_activation() -> None:
    network = build_network((Conv(4, 3), BatchNorm(), MaxPool(2), *END))
    kinds = [nn.Conv2d, nn.ReLU, nn.BatchNorm2d, Pooling, nn.Flatten, nn.Linear]
    assert [type(m) for m in network] == kinds
    assert network[2].momentum == pytest.approx(0.01)
    assert network[2].eps == 1e-3


@pytest.mark.parametrize(
    ("layer", "bound"),
    [
        (Dense(400, weights="glorot_uniform"), sqrt(6 / (784 + 400))),
        (Dense(400, weights="he_uniform"), sqrt(6 / 784)),
        (Dense(400, weights="fan_in_uniform", bias="fan_in_uniform"), sqrt(1 / 784)),
    ],
)
def test_dense_weights_start_within_their_bound(layer: Dense, bound: float) -> None:
    network = build_network((Flatten(), layer, Dense(10, activation="linear")))
    check_start(network[1], layer, bound, sqrt(1 / 784))


@pytest.mark.parametrize(
    ("layer", "bound"),
    [
        (Conv(64, 3, weights="glorot_uniform"), sqrt(6 / (9 * 32 + 9 * 64))),
        (Conv(64, 3, weights="he_uniform"), sqrt(6 / (9 * 32))),
    ],
)
def test_convolutions_start_within_their_bound(layer: Conv, bound: float) -> None:
    network = build_network((Conv(32, 3), layer, *END))
    check_start(network[2], layer, bound, sqrt(1 / (9 * 32)))


def check_start(module: nn.Module, layer: Layer, bound: float, bias_bound: float) -> None:
    weight = module.weight
    assert weight.abs().max() <= bound
    assert weight.std().item() == pytest.approx(bound / sqrt(3), rel=0.02)
    if layer.bias == "zeros":
        assert not module.bias.any()
    else:
        assert 0.5 * bias_bound < module.bias.abs().max() <= bias_bound
