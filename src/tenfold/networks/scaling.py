"""A recipe's scaling of pixels, fitted to the training images."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import torch

from tenfold.complaints import complaint
from tenfold.data import Images
from tenfold.errors import ModelError
from tenfold.language import text as _
from tenfold.models import Card
from tenfold.recipes import Recipe

__all__ = ["PixelScaling", "fit_scaling", "scaling_of"]

CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class PixelScaling:
    """``(pixel - offset) * factor`` for pixels of 0 to 255."""

    name: str
    offset: float
    factor: float

    def __call__(self, pixels: torch.Tensor) -> torch.Tensor:
        """Scale pixels of 0 to 255, of any dtype and shape, to float32."""
        scaled = pixels.to(torch.float32)
        if self.offset:
            scaled = scaled - self.offset
        return scaled * self.factor if self.factor != 1 else scaled

    def to_dict(self) -> dict[str, Any]:
        """Return name, offset and factor as plain data."""
        return asdict(self)


def fit_scaling(recipe: Recipe, images: Images) -> PixelScaling:
    """Return the recipe's scaling with its numbers taken from uint8 ``images``."""
    counts = _histogram(images).astype(np.float64)
    values = np.arange(256)
    mean = float(counts @ values / counts.sum())
    deviation = float(np.sqrt(counts @ (values - mean) ** 2 / counts.sum()))
    match recipe.scaling:
        case "raw":
            return PixelScaling("raw", 0.0, 1.0)
        case "normalize":
            return PixelScaling("normalize", 0.0, 1 / 255)
        case "center":
            return PixelScaling("center", mean, 1 / 255)
        case "standardize":
            # Images of one gray have no deviation to divide by.
            return PixelScaling("standardize", mean, 1 / (deviation or 255.0))


def scaling_of(card: Card, name: str) -> PixelScaling:
    """Return the scaling in a model's card; ``name`` is what messages call the model.

    Raises:
        ModelError: if the card says none.
    """
    try:
        return msgspec.convert(card.scaling, PixelScaling)
    except msgspec.ValidationError as error:
        raise ModelError(
            _(
                "The card of {model} says no scaling: {reason}.",
                model=name,
                reason=complaint(error, PixelScaling, card.scaling),
            )
        ) from error


def _histogram(images: Images) -> npt.NDArray[np.int64]:
    """Return int64 [256]: how many pixels have each value.

    Two pixels are counted at a time, and a few hundred images: numpy makes eight bytes of each
    number that it counts.
    """
    pairs = np.ascontiguousarray(images).reshape(-1).view(np.uint16)
    counts = np.zeros(65_536, np.int64)
    for at in range(0, len(pairs), CHUNK):
        counts += np.bincount(pairs[at : at + CHUNK], minlength=65_536)
    square = counts.reshape(256, 256)
    both: npt.NDArray[np.int64] = square.sum(0) + square.sum(1)
    return both
