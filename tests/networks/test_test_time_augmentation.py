"""An image looked at from several places, and the answers averaged."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from tenfold.networks.test_time_augmentation import shift_averaged


def images() -> torch.Tensor:
    return torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0)) * 255


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).eval()


@torch.no_grad()
def test_no_shifts_ask_once() -> None:
    classify = network()
    assert torch.equal(shift_averaged(classify, images(), 0), classify(images()))


@torch.no_grad()
def test_probabilities_are_averaged_over_all_shifts() -> None:
    classify, pixels = network(), images()
    wide = torch.zeros(5, 1, 30, 30)
    wide[:, :, 1:29, 1:29] = pixels
    expected = torch.zeros(5, 10)
    for y in range(3):
        for x in range(3):
            expected += classify(wide[:, :, y : y + 28, x : x + 28]).softmax(1) / 9
    found = shift_averaged(classify, pixels, 1)
    torch.testing.assert_close(found.exp(), expected)
    torch.testing.assert_close(found.exp().sum(1), torch.ones(5))


def first_pixel(pixels: torch.Tensor) -> torch.Tensor:
    """Logits that are 0 but for the first digit, whose logit is 1 where the corner is inked."""
    logits = torch.zeros(len(pixels), 10)
    logits[:, 0] = pixels[:, 0, 0, 0] / 255
    return logits


def test_what_a_shift_brings_in_is_paper() -> None:
    found = shift_averaged(first_pixel, torch.full((1, 1, 28, 28), 255.0), 1)
    # In five of nine views the corner comes from outside: the first row or column, or both.
    expected = (5 * 0.1 + 4 * math.e / (math.e + 9)) / 9
    assert float(found[0, 0].exp()) == pytest.approx(expected, rel=1e-5)
