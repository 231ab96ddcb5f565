"""The training digits that a network finds most like one digit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenfold.data import LabeledImages
from tenfold.insight.index import DigitIndex, unit
from tenfold.insight.network import OpenNetwork
from tenfold.models.model import as_input

__all__ = ["MOST_NEIGHBORS", "Neighbor", "nearest"]

MOST_NEIGHBORS = 50
LOOKED_AT = 200
"""So many digits are compared exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbor:
    """A training digit near the one asked about.

    Attributes:
        label: which digit it is.
        index: its place among the training digits, from 0.
        distance: 0 (the same direction) to 2 (the opposite).
        image: uint8 [28, 28].
    """

    label: int
    index: int
    distance: float
    image: npt.NDArray[np.uint8]


def nearest(
    network: OpenNetwork,
    index: DigitIndex,
    digits: LabeledImages,
    image: npt.ArrayLike,
    count: int,
) -> tuple[Neighbor, ...]:
    """Return the training digits nearest to one image, the nearest first.

    Near is what the last layer, which decides, can hardly tell apart: the distance is 1 minus the
    cosine of the angle between what that layer is given for the two. The angle rather than the
    straight line, because the length tells mostly how much ink there is and how sure the network
    is, and because it has the same scale for every network. Measured on MNIST's test digits with
    four of our networks, of the eight nearest by angle 96.5 % are of the right class and by the
    straight line 96.3 %, and the angle is ahead with each of the four.

    The index, which keeps no more than 128 numbers a digit, proposes 200; these are compared by
    all the numbers that there are.

    Args:
        network: the network that the index is of.
        index: of ``digits``.
        digits: the training digits.
        image: [28, 28], as for ``Model.predict_proba``.
        count: how many; at most 50 are returned.

    Raises:
        InputError: if ``image`` has another shape, dtype or range.
    """
    wanted = min(max(count, 0), MOST_NEIGHBORS, len(digits))
    features = network.features(as_input(image)[:1])
    likeness = index.rows @ index.reduced(features)[0]
    looked_at = min(LOOKED_AT, len(digits))
    proposed = np.sort(np.argpartition(likeness, -looked_at)[-looked_at:])
    exact = unit(network.features(digits.images[proposed])) @ unit(features)[0]
    chosen = np.argsort(-exact, kind="stable")[:wanted]
    return tuple(
        Neighbor(
            int(digits.labels[proposed[at]]),
            int(proposed[at]),
            float(np.clip(1 - exact[at], 0, 2)),
            digits.images[proposed[at]],
        )
        for at in chosen
    )
