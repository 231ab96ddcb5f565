"""Batch normalization over all processes is that of PyTorch over the whole batch."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch import nn

from tenfold.networks.batch_norm import SharedBatchNorm, share_statistics


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[None]:
    """A process group of this process only, in which collective operations do work."""
    store = dist.FileStore(str(tmp_path / "store"), 1)
    dist.init_process_group("gloo", store=store, rank=0, world_size=1)
    yield
    dist.destroy_process_group()


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("shape", [(64, 5), (16, 5, 7, 6)])
@pytest.mark.parametrize("momentum", [0.1, 0.01])
def test_shared_batch_normalization_is_that_of_pytorch(
    shape: tuple[int, ...], momentum: float
) -> None:
    torch.manual_seed(1)
    kind = nn.BatchNorm1d if len(shape) == 2 else nn.BatchNorm2d
    usual = kind(5, eps=1e-3, momentum=momentum)
    nn.init.normal_(usual.weight)
    nn.init.normal_(usual.bias)
    network = nn.Sequential(copy.deepcopy(usual))
    share_statistics(network)
    assert isinstance(network[0], SharedBatchNorm)
    # A mean far from 0 shows what the sums lose.
    first = (torch.randn(shape) * 2 + 100).requires_grad_()
    second = first.detach().clone().requires_grad_()
    weights = torch.randn(shape)
    for module, x in ((usual, first), (network, second)):
        for _ in range(3):
            (module(x) * weights).square().sum().backward()
    torch.testing.assert_close(second.grad, first.grad, rtol=1e-3, atol=1e-3)
    for name, value in usual.state_dict().items():
        torch.testing.assert_close(network.state_dict()[f"0.{name}"], value)
    for name, parameter in usual.named_parameters():
        gradient = network.get_parameter(f"0.{name}").grad
        torch.testing.assert_close(gradient, parameter.grad, rtol=1e-4, atol=1e-2)
    torch.testing.assert_close(network.eval()(second), usual.eval()(first))
    half = network.train()(first.detach().bfloat16())
    assert half.dtype == torch.bfloat16
