"""Which pixels of one digit the answer rests on, found by changing them."""

from __future__ import annotations

import functools
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.data.images import SIZE
from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.models import Model
from tenfold.models.model import as_input

__all__ = ["occlusion"]

STRIDE = 2
SPOT = 2.0
BLUR = 4.0

Floats: TypeAlias = npt.NDArray[np.float32]


def occlusion(model: Model, image: npt.ArrayLike, label: int) -> npt.NDArray[np.uint8]:
    """Return how much of the evidence for ``label`` rests on each pixel.

    The picture is blurred away at one soft spot after another, 14 x 14 of them, and the model
    asked again, all at once; a pixel's worth is the mean fall of the log odds of ``label`` over
    the spots that cover it. This is the occlusion of Zeiler and Fergus, "Visualizing and
    Understanding Convolutional Networks" (2014), with the blurred picture in place of a gray
    patch, as in Fong and Vedaldi, "Interpretable Explanations of Black Boxes by Meaningful
    Perturbation" (2017): a blur takes ink out of strokes and fills small gaps with it, so that the
    gap of a 4 counts as its strokes do, and it leaves empty paper alone, where a patch would be
    ink of its own. It needs no gradients, which a file for ONNX Runtime does not give, and
    measures what the network does with a real change rather than its slope at one point; log odds
    go on falling where a probability near 1 would hide it.

    Args:
        model: any model of ours.
        image: [28, 28], as for ``Model.predict_proba``.
        label: whose evidence, 0 to 9.

    Returns:
        uint8 [28, 28]: 255 where the most rests, 0 where nothing does or what is there speaks
        against ``label``; the same for the same input.

    Raises:
        InputError: if ``image`` has another shape, dtype or range, or ``label`` is no digit.
    """
    if not 0 <= label < 10:
        raise InputError(
            _("Received digit {digit}; expected a whole number from 0 to 9.", digit=label)
        )
    picture = as_input(image)[0, 0]
    spots = _spots()
    blurred = cv2.GaussianBlur(picture, (0, 0), BLUR, borderType=cv2.BORDER_CONSTANT)
    changed = picture + spots * (np.clip(blurred, 0, 1) - picture)
    odds = _log_odds(model.logits(np.concatenate([picture[None], changed])), label)
    falls = np.maximum(odds[0] - odds[1:], 0)
    worth = np.tensordot(falls, spots, 1) / spots.sum(0)
    most = float(worth.max())
    # Less than rounding moves the odds is nothing.
    shares: npt.NDArray[np.float64] = worth / most if most > 1e-4 else np.zeros_like(worth)
    return np.rint(255 * shares).astype(np.uint8)


def _log_odds(logits: Floats, label: int) -> npt.NDArray[np.float64]:
    """The logarithm of p / (1 - p) of one class, for each row of logits."""
    rows = logits.astype(np.float64)
    others = np.delete(rows, label, axis=1)
    highest = others.max(1)
    rest = highest + np.log(np.exp(others - highest[:, None]).sum(1))
    odds: npt.NDArray[np.float64] = rows[:, label] - rest
    return odds


@functools.cache
def _spots() -> Floats:
    """float32 [196, 28, 28] in [0, 1]: a Gaussian bell at each place of a grid."""
    places = np.arange(STRIDE / 2 - 0.5, SIZE, STRIDE)
    bell = np.exp(-((np.arange(SIZE) - places[:, None]) ** 2) / (2 * SPOT**2))
    grid = bell[:, None, :, None] * bell[None, :, None, :]
    return grid.reshape(-1, SIZE, SIZE).astype(np.float32)
