from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tenfold.data import DataSet, LabelledImages


@pytest.fixture
def digits() -> Callable[..., LabelledImages]:
    def make(count: int, seed: int = 0) -> LabelledImages:
        random = np.random.default_rng(seed)
        images = random.integers(0, 256, (count, 28, 28), np.uint8)
        return LabelledImages(images, random.integers(0, 10, count, np.uint8))

    return make


@pytest.fixture
def both(digits: Callable[..., LabelledImages]) -> DataSet:
    """A small train and test split with every grey level in them."""
    return DataSet("small", {"train": digits(12, seed=1), "test": digits(4, seed=2)})
