"""How far apart two right answers in fp32 may lie, whatever processor and library gave them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

UNIT = 2.0**-24
"""What one fp32 operation rounds by at most, as a share of its result."""
FUNCTION = 8
"""Units by which a vectorized exp, tanh or division may be off: four of the last place."""


def probability_room(network: nn.Module, images: Any) -> float:
    """Return the same for the probabilities that a softmax makes of the answers."""
    return room(network, images, lambda logits: logits.softmax(1))


@torch.no_grad()
def room(
    network: nn.Module,
    images: Any,
    answer: Callable[[torch.Tensor], torch.Tensor] = lambda logits: logits,
) -> float:
    """Return how far two right fp32 answers of ``network`` to ``images`` may lie apart.

    In whatever order a processor adds, an fp32 sum of n products is the exact sum with each weight
    moved by n units at most (Higham, Accuracy and Stability of Numerical Algorithms, 3.1). So the
    weights and what each layer puts out are moved by that, up or down by chance, and float64 tells
    how far the answers go; each of two implementations may go as far.
    """
    images = torch.as_tensor(images)
    exact = copy.deepcopy(network).double().eval()
    for module in exact.modules():
        module.register_forward_pre_hook(_in_float64)
    truth = answer(exact(images))
    chance = torch.Generator().manual_seed(0)
    furthest = 0.0
    for _time in range(3):
        moved = _moved(exact, chance)
        furthest = max(furthest, (answer(moved(images)) - truth).abs().max().item())
    # A last function, such as softmax, rounds once more.
    return 2 * (furthest + FUNCTION * UNIT * truth.abs().max().item())


def _moved(exact: nn.Module, chance: torch.Generator) -> nn.Module:
    def moved(values: torch.Tensor, units: int) -> torch.Tensor:
        signs = torch.randint(0, 2, values.shape, generator=chance) * 2 - 1
        return values * (1 + UNIT * units * signs)

    def move_result(_layer: nn.Module, given: tuple[torch.Tensor], found: torch.Tensor) -> Any:
        # A mean of n values is a sum of n.
        return moved(found, max(FUNCTION, given[0].numel() // found.numel()))

    network = copy.deepcopy(exact)
    for layer in network.modules():
        if not list(layer.children()):
            layer.register_forward_hook(move_result)
        for weight in layer.parameters(recurse=False):
            weight.copy_(moved(weight, weight[0].numel() if weight.ndim > 1 else 1))
    return network


def _in_float64(_module: nn.Module, given: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return tuple(each.double() for each in given)
