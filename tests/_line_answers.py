"""A line model whose network's answers are given."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from tenfold.models.line_model import LineModel

__all__ = ["answering"]


class _Session:
    def __init__(self, offsets: np.ndarray) -> None:
        self._offsets = offsets

    def run(self, _names: object, _inputs: object) -> list[np.ndarray]:
        return [np.zeros((*self._offsets.shape[:2], 11), np.float32), self._offsets]

    def get_outputs(self) -> list[SimpleNamespace]:
        shapes = {"logits": ["n", "w", 11], "boxes": ["n", "w", 4]}
        return [SimpleNamespace(name=name, shape=shape) for name, shape in shapes.items()]


def answering(offsets: np.ndarray) -> LineModel:
    """A line model that answers any strip with these offsets of boxes, float32 [N, T, 4]."""
    model = LineModel.__new__(LineModel)
    model._session = _Session(offsets)
    return model
