"""Where Keras puts things: weights in an archive, and the numbers of a flattened map."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["archive_paths", "keras_order"]

# Keras 3, and what Keras 2.12 to 2.15 called the same.
_FOLDERS = ("layers", "_layer_checkpoint_dependencies")


def archive_paths(classes: Sequence[str]) -> list[tuple[str, ...]]:
    """Return, for each layer's class in the model's order, where its weights may lie."""
    counts: dict[str, int] = {}
    found = []
    for name in map(_snake_case, classes):
        number = counts.get(name, 0)
        counts[name] = number + 1
        place = f"{name}_{number}" if number else name
        found.append(tuple(f"{folder}/{place}" for folder in _FOLDERS))
    return found


def keras_order(shape: tuple[int, ...]) -> npt.NDArray[np.intp]:
    """Return where Keras, whose channels come last, puts each number of a flattened map.

    Args:
        shape: channels, height, width; or a vector's length alone.
    """
    if len(shape) == 1:
        return np.arange(shape[0])
    channels, height, width = shape
    numbers = np.arange(channels * height * width).reshape(height, width, channels)
    return numbers.transpose(2, 0, 1).ravel()


def _snake_case(name: str) -> str:
    """Return "max_pooling2d" for "MaxPooling2D": an underscore where a word begins."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=\w)(?=[A-Z][a-z])", "_", name).lower()
