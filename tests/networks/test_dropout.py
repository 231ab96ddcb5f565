from __future__ import annotations

import pytest
import torch

from tenfold.networks.dropout import FastDropout


@pytest.mark.parametrize("rate", [0.001, 0.2, 0.5, 0.9])
def test_so_many_are_dropped_and_the_mean_stays(rate: float) -> None:
    torch.manual_seed(0)
    kept = FastDropout(rate).train()(torch.ones(1003, 997))
    share = (kept == 0).float().mean().item()
    deviation = (rate * (1 - rate) / kept.numel()) ** 0.5
    assert share == pytest.approx(rate, abs=5 * deviation + 1 / 65_536)
    assert kept.double().mean().item() == pytest.approx(1, abs=5 * deviation / (1 - rate))
    assert len(kept.unique()) == 2


def test_neighbors_are_dropped_independently() -> None:
    # Four masks come from one random number: each bit of it must count.
    torch.manual_seed(0)
    dropped = (FastDropout(0.5).train()(torch.ones(400_000)) == 0).float().view(-1, 4)
    assert torch.corrcoef(dropped.T).fill_diagonal_(0).abs().max().item() < 0.02
    assert (dropped.mean(0) - 0.5).abs().max().item() < 0.01


def test_the_same_seed_drops_the_same_and_gradients_follow() -> None:
    values = torch.rand(5, 7, requires_grad=True)
    layer = FastDropout(0.4).train()
    torch.manual_seed(3)
    first = layer(values)
    torch.manual_seed(3)
    assert torch.equal(first, layer(values))
    first.sum().backward()
    assert values.grad is not None
    assert torch.equal(values.grad == 0, first == 0)


def test_nothing_is_dropped_outside_training() -> None:
    values = torch.rand(5, 7)
    assert FastDropout(0.9).eval()(values) is values
    assert FastDropout(0.0).train()(values) is values


def test_all_but_certain_dropping_leaves_finite_numbers() -> None:
    assert FastDropout(0.999999).train()(torch.ones(1000)).isfinite().all()
