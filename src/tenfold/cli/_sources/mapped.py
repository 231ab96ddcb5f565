"""Digits and where they lie on a plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.cli._sources.choices import Choices
from tenfold.data import LabeledImages
from tenfold.metrics.projection import project

__all__ = ["MappedDigits", "map_digits"]

NAMES = {"pca": "PCA", "tsne": "t-SNE"}


@dataclass(frozen=True, slots=True, eq=False)
class MappedDigits:
    """What a map shows.

    Attributes:
        chosen: the digits on it.
        points: float64 [N, 2], their places.
        mark: float64 [2], the picture's place, or None.
        method: how they were placed, for a person.
    """

    chosen: LabeledImages
    points: npt.NDArray[np.float64]
    mark: npt.NDArray[np.float64] | None
    method: str


def map_digits(
    data: LabeledImages,
    picture: npt.NDArray[np.float32] | None,
    features: Callable[[npt.NDArray[Any]], npt.NDArray[np.float32]],
    choices: Choices,
) -> MappedDigits:
    """Choose digits at random and place them, and the picture among them, by their features."""
    order = np.random.default_rng(choices.seed).permutation(len(data))
    chosen = data[order[: choices.count]]
    rows = features(chosen.images)
    if picture is not None:
        rows = np.concatenate([rows, features(picture[None])])
    points = project(rows, choices.method, choices.seed)
    mark = points[-1] if picture is not None else None
    return MappedDigits(chosen, points[: len(chosen)], mark, NAMES[choices.method])
