"""Made-up data for the figures' examples: nothing to download, the same every time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tenfold.data.images import SIZE, Images

__all__ = ["digits", "probabilities"]

# The strokes of a seven-segment display, as rows and columns of a 28 x 28 picture.
SEGMENTS = {
    "a": (slice(5, 7), slice(9, 19)),
    "b": (slice(5, 15), slice(17, 19)),
    "c": (slice(13, 23), slice(17, 19)),
    "d": (slice(21, 23), slice(9, 19)),
    "e": (slice(13, 23), slice(9, 11)),
    "f": (slice(5, 15), slice(9, 11)),
    "g": (slice(13, 15), slice(9, 19)),
}
LIT = ("abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg", "abcdfg")


def digits(labels: npt.NDArray[np.integer]) -> Images:
    """Return one plain picture for each label, uint8 [N, 28, 28]."""
    images = np.zeros((len(labels), SIZE, SIZE), np.uint8)
    for image, label in zip(images, labels, strict=True):
        for segment in LIT[label]:
            image[SEGMENTS[segment]] = 255
    return images


def probabilities(
    labels: npt.NDArray[np.integer], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return plausible probabilities, float64 [N, 10]: mostly right, at times unsure."""
    logits = rng.normal(0, 2, (len(labels), 10))
    logits[np.arange(len(labels)), labels] += 5
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
