"""An image looked at from several places, and the answers averaged."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import torch
from torch.nn.functional import pad

__all__ = ["shift_averaged"]


def shift_averaged(
    classify: Callable[[torch.Tensor], torch.Tensor], pixels: torch.Tensor, shifts: int
) -> torch.Tensor:
    """Return the logarithm of the mean probability over all shifts of up to ``shifts`` pixels.

    Args:
        classify: pixels [N, 1, 28, 28] -> logits [N, 10].
        pixels: float32 or uint8 [N, 1, 28, 28]; what a shift brings in is 0.
        shifts: in each direction; 0 asks once and returns the logits as they are.
    """
    if not shifts:
        return classify(pixels)
    wide = pad(pixels, (shifts,) * 4)
    # Counted from the end, so that a writer of ONNX need not know how large the images are.
    cuts = [slice(step, step - 2 * shifts or None) for step in range(2 * shifts + 1)]
    views = [wide[:, :, rows, columns] for rows in cuts for columns in cuts]
    logits = classify(torch.cat(views)).reshape(len(views), -1, 10)
    return logits.log_softmax(2).logsumexp(0) - log(len(views))
