"""One number that makes a network's confidence hold: the temperature of its softmax."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError
from tenfold.language import text as _

__all__ = ["FEWEST", "fit_temperature", "tempered"]

FEWEST = 100
"""Fewer images do not say how far a confidence can be believed."""

COLDEST, HOTTEST = 1e-2, 1e4
_HALVINGS = 30

Numbers = npt.NDArray[np.float64]


def fit_temperature(
    logits: npt.NDArray[np.floating[Any]], labels: npt.NDArray[np.integer[Any]]
) -> float:
    """Return the temperature at which the labels are most likely.

    Source: Guo, Pleiss, Sun and Weinberger, On Calibration of Modern Neural Networks (ICML 2017).
    Each label counts as sure but for one part in N + 2, as Platt (1999) has it, so that a network
    that is right on all images is not taken to be never wrong.

    Args:
        logits: float [N, classes], finite; N at least 100.
        labels: int [N], from 0 on.

    Returns:
        0.01 to 10,000, six digits of it; above 1 where the network is too sure of itself.

    Raises:
        InputError: if there are fewer images, or the shapes do not match.
    """
    if logits.ndim != 2 or len(logits) != len(labels) or len(labels) < FEWEST:
        raise InputError(
            _(
                "Received logits {shape} for {count} labels; "
                "expected [N, classes] for N labels, at least {least}.",
                shape=list(logits.shape),
                count=len(labels),
                least=FEWEST,
            )
        )
    scores = logits.astype(np.float64)
    doubt = 1 / (len(labels) + 2)
    said = (1 - doubt) * scores[np.arange(len(labels)), labels] + doubt * scores.mean(axis=1)
    low, high = math.log(COLDEST), math.log(HOTTEST)
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        # The likelihood's slope by 1 / temperature falls all the way, so it is 0 but once.
        expected = (tempered(scores, math.exp(middle)) * scores).sum(axis=1)
        if float((said - expected).mean()) < 0:
            low = middle
        else:
            high = middle
    return float(f"{math.exp((low + high) / 2):.6g}")


def tempered(logits: npt.NDArray[np.floating[Any]], temperature: float) -> Numbers:
    """Return float64 [N, classes]: the softmax of logits at a temperature."""
    scores = logits.astype(np.float64) / temperature
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Numbers = raised / raised.sum(axis=1, keepdims=True)
    return shares
