"""A sign model that says what it is told to."""

from __future__ import annotations

import numpy as np

from tenfold.models.sign_model import SIGNS

__all__ = ["SayingSigns"]


class SayingSigns:
    """Says these signs, one after another, each with 0.9; of no other mark is it asked.

    Args:
        signs: a character for each mark, in the order in which they are asked about; without any,
            it takes all marks for others.
    """

    content = b"signs"

    def __init__(self, signs: str = "") -> None:
        self.signs = signs
        self.asked: list[np.ndarray] = []

    def predict(self, windows: np.ndarray) -> np.ndarray:
        self.asked.append(windows)
        signs = self.signs or "?" * len(windows)
        assert windows.dtype == np.float32
        assert windows.shape == (len(signs), 2, 40, 40)
        shares = np.full((len(windows), len(SIGNS)), 0.01, np.float32)
        shares[range(len(windows)), [SIGNS.index(sign) for sign in signs]] = 0.9
        return shares
