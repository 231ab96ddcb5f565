from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import max_pool2d

from tenfold.networks.pooling import Pooling


def together(maps: torch.Tensor) -> torch.Tensor:
    return maps.to(memory_format=torch.channels_last).requires_grad_()


@given(
    seed=st.integers(0, 99),
    size=st.integers(1, 3),
    side=st.integers(3, 9),
    levels=st.sampled_from([2, 1000]),
)
def test_values_and_gradients_are_those_of_max_pool2d(
    seed: int, size: int, side: int, levels: int
) -> None:
    # With two levels nearly every field holds its maximum more than once.
    draw = torch.Generator().manual_seed(seed)
    numbers = torch.randint(levels, (3, 4, side, side), generator=draw).float()
    ours, theirs = together(numbers), together(numbers)
    pooled, expected = Pooling(size).train()(ours), max_pool2d(theirs, size)
    assert torch.equal(pooled, expected)
    weights = torch.rand(expected.shape, generator=draw)
    (pooled * weights).sum().backward()
    (expected * weights).sum().backward()
    assert ours.grad is not None
    assert theirs.grad is not None
    assert torch.equal(ours.grad, theirs.grad)
    assert ours.grad.stride() == ours.stride()


def test_mixed_precision_and_other_layouts_pool_alike() -> None:
    maps = torch.rand(2, 8, 6, 6)
    expected = max_pool2d(maps, 2)
    assert torch.equal(Pooling(2).train()(maps.requires_grad_()), expected)
    half = together(maps.detach().bfloat16())
    pooled = Pooling(2).train()(half)
    assert pooled.dtype == torch.bfloat16
    pooled.float().sum().backward()
    assert half.grad is not None
    assert half.grad.float().sum().item() == pytest.approx(pooled.numel())
