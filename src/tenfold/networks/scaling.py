"""Pixels scaled for a network, as a recipe says and fitted to the training images."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from tenfold.data import Images
from tenfold.models.scaling import PixelScaling
from tenfold.recipes import Recipe

__all__ = ["fit_scaling", "scale"]

CHUNK = 1 << 18


def scale(pixels: torch.Tensor, scaling: PixelScaling) -> torch.Tensor:
    """Scale pixels of 0 to 255, of any dtype and shape, to float32."""
    scaled = pixels.float()
    if scaling.offset:
        scaled = scaled - scaling.offset
    return scaled * scaling.factor if scaling.factor != 1 else scaled


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
