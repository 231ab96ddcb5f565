"""One step of each optimizer, against the frameworks' published update rules worked by hand."""

from __future__ import annotations

from math import sqrt

import pytest
import torch
from torch import nn

from tenfold.recipes import SGD, Adam, RMSprop
from tenfold.training._optimizers import build_optimizer

GRADIENTS = (0.5, -0.2, 0.1)


def follow(optimizer: SGD | RMSprop | Adam) -> float:
    """Start at 1 and take three steps with fixed gradients."""
    weight = nn.Parameter(torch.tensor([1.0]))
    stepper = build_optimizer(optimizer, [weight])
    for gradient in GRADIENTS:
        weight.grad = torch.tensor([gradient])
        stepper.step()
    return weight.item()


def test_sgd_with_momentum() -> None:
    weight, velocity = 1.0, 0.0
    for gradient in GRADIENTS:
        velocity = 0.9 * velocity - 0.01 * gradient
        weight += velocity
    assert follow(SGD(0.01, 0.9)) == pytest.approx(weight, rel=1e-6)


def test_rmsprop_as_keras_has_it() -> None:
    weight, mean_square = 1.0, 0.0
    for gradient in GRADIENTS:
        mean_square = 0.9 * mean_square + 0.1 * gradient**2
        weight -= 1e-3 * gradient / (sqrt(mean_square) + 1e-7)
    assert follow(RMSprop()) == pytest.approx(weight, rel=1e-6)


def test_adam_as_keras_has_it() -> None:
    weight, first, second = 1.0, 0.0, 0.0
    for step, gradient in enumerate(GRADIENTS, start=1):
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        rate = 1e-3 * sqrt(1 - 0.999**step) / (1 - 0.9**step)
        weight -= rate * first / (sqrt(second) + 1e-7)
    assert follow(Adam()) == pytest.approx(weight, rel=1e-6)
