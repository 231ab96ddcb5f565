from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tenfold.data import DataSet, LabeledImages


@pytest.fixture
def digits() -> Callable[..., LabeledImages]:
    def make(count: int, seed: int = 0) -> LabeledImages:
        random = np.random.default_rng(seed)
        images = random.integers(0, 256, (count, 28, 28), np.uint8)
        return LabeledImages(images, random.integers(0, 10, count, np.uint8))

    return make


@pytest.fixture
def both(digits: Callable[..., LabeledImages]) -> DataSet:
    """A small train and test split with every gray level in them."""
    return DataSet("small", {"train": digits(12, seed=1), "test": digits(4, seed=2)})
