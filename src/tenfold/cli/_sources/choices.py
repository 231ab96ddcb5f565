"""What a person chooses about a figure's source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Choices"]


@dataclass(frozen=True, slots=True)
class Choices:
    """Options of ``tenfold draw``; None leaves the choice to the source or the figure.

    Args:
        data: a data set's name or path.
        split: "train", "valid" or "test".
        picture: a picture to look at.
        index: which image of the data to look at where there is no picture, from 0.
        digit: whose logit, 0 to 9.
        method: "pca" or "tsne".
        count: how many digits a map holds.
        seed: of a random choice.
        recipe: which of an experiment's recipes.
        parameter: which parameter of a sweep.
        side: images in a row.
    """

    data: str | None = None
    split: str | None = None
    picture: Path | None = None
    index: int = 0
    digit: int | None = None
    method: str = "tsne"
    count: int = 2000
    seed: int = 0
    recipe: str | None = None
    parameter: str | None = None
    side: int | None = None
