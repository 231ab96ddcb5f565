"""A stand-in for the network that finds ink: it knows one rule."""

from __future__ import annotations

import numpy as np

__all__ = ["CornerInk"]


class CornerInk:
    """Takes for the ink of digits what looks otherwise than the picture's upper left corner."""

    content = b"stand-in"

    def __init__(self, *_arguments: object, **_options: object) -> None:
        pass

    def predict(self, gray: np.ndarray) -> np.ndarray:
        assert gray.dtype == np.float32
        return np.stack([np.abs(gray - gray[0, 0]), np.zeros_like(gray)])
