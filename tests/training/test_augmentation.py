"""Batches of images changed as a recipe's augmentation says."""

from __future__ import annotations

import pytest
import torch

from tenfold.recipes import Augmentation
from tenfold.training._augmentation import augmented


def blob(row: int = 14, column: int = 14) -> torch.Tensor:
    """One image, float32 [1, 1, 28, 28], of a square of 5 x 5 around a pixel."""
    image = torch.zeros(1, 1, 28, 28)
    image[:, :, row - 2 : row + 3, column - 2 : column + 3] = 255
    return image


def center(images: torch.Tensor) -> torch.Tensor:
    """Return float32 [N, 2]: the center of each image's ink, column and row."""
    ink = images[:, 0] / images[:, 0].sum((1, 2), keepdim=True)
    along = torch.arange(28.0)
    return torch.stack([(ink.sum(1) * along).sum(1), (ink.sum(2) * along).sum(1)], 1)


def looks(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_no_amounts_leave_images_as_they_are() -> None:
    image = blob()
    torch.testing.assert_close(augmented(image, Augmentation(), looks()), image, atol=0.05, rtol=0)


def test_shifts_have_the_standard_deviation_in_pixels() -> None:
    moved = center(augmented(blob().repeat(2000, 1, 1, 1), Augmentation(shift=1.5), looks()))
    assert moved.mean(0).tolist() == pytest.approx([14, 14], abs=0.15)
    assert moved.std(0).tolist() == pytest.approx([1.5, 1.5], rel=0.06)


def test_rotation_is_in_degrees_around_the_center() -> None:
    turned = center(augmented(blob(4).repeat(2000, 1, 1, 1), Augmentation(rotation=10), looks()))
    across, down = (turned - 13.5).T
    angles = torch.rad2deg(torch.atan2(across, -down))
    assert float(angles.std()) == pytest.approx(10, rel=0.08)
    assert float(torch.hypot(across, down).std()) < 0.1


def test_stretch_makes_wider_and_narrower() -> None:
    wide = augmented(blob().repeat(2000, 1, 1, 1), Augmentation(stretch=0.2), looks())
    areas = wide.sum((1, 2, 3)) / blob().sum()
    # The logarithms of width and height vary by 0.2 each.
    assert float(areas.log().std()) == pytest.approx(0.2 * 2**0.5, rel=0.1)


def test_elastic_bends_without_moving_the_whole() -> None:
    row = torch.zeros(500, 1, 28, 28)
    row[:, :, 13:15] = 255
    bent = augmented(row, Augmentation(elastic=1.0, knots=5), looks())[:, 0, :, 4:24]
    heights = (bent / bent.sum(1, keepdim=True) * torch.arange(28.0)[:, None]).sum(1)
    assert float(heights.mean()) == pytest.approx(13.5, abs=0.1)
    assert 0.4 < float(heights.std(1).mean()) < 1.2
    # Neighboring columns are bent alike.
    assert float((heights[:, 1:] - heights[:, :-1]).abs().mean()) < 0.5


def test_the_same_generator_gives_the_same_bits() -> None:
    amounts = Augmentation(rotation=10, stretch=0.1, shear=0.1, shift=1, elastic=1)
    first, again = (augmented(blob().repeat(8, 1, 1, 1), amounts, looks(3)) for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, augmented(blob().repeat(8, 1, 1, 1), amounts, looks(4)))
