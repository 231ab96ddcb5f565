"""What the digit network learns: which digit a placed image is, or that it is none."""

from __future__ import annotations

from math import degrees
from typing import final

import numpy as np
import numpy.typing as npt

from tenfold.data import LabeledImages
from tenfold.networks.reader import NONE, DigitNetwork
from tenfold.recipes import Augmentation, Course
from tenfold.records import DigitScores
from tenfold.training.page_reader._labeled import Bytes, Labeled, LabeledTask

__all__ = ["DigitTask"]

LOOKS = Augmentation(rotation=degrees(0.1), stretch=0.07, shear=0.1, shift=0.56)


@final
class DigitTask(LabeledTask):
    """The digit network, images to train it on and images held out.

    Args:
        placed: uint8 [M, 28, 28] and uint8 [M], marks cut out of scenes, 0 to 9 or 10 for none.
        plain: the training images as they are.
        copies: how often an epoch has each of them.
        held: like ``placed``, of digits that are not trained on.
    """

    name = "digits"

    def __init__(
        self,
        placed: tuple[Bytes, Bytes],
        plain: LabeledImages,
        copies: int,
        held: tuple[Bytes, Bytes],
        course: Course,
        *,
        seed: int,
        device: str,
        precision: str,
    ) -> None:
        self.network = DigitNetwork()
        images = np.concatenate([placed[0], plain.images])[:, None]
        labels = np.concatenate([placed[1], plain.labels])
        scenes = np.arange(len(placed[0]))
        indices = np.concatenate([scenes, *[np.arange(len(scenes), len(images))] * copies])
        super().__init__(
            self.network,
            Labeled(images, labels, indices),
            held,
            LOOKS,
            course,
            seed=seed,
            device=device,
            precision=precision,
        )

    def scores(self, plain: LabeledImages) -> DigitScores:
        """Return what is reached on held-out marks, and on ``plain`` images."""
        classes = self._held[1]
        found = self.logits(self._held[0]).argmax(1).numpy()
        is_digit = classes != NONE
        best_digit = self.logits(plain.images)[:, :NONE].argmax(1).numpy()
        return DigitScores(
            accuracy=_share(found == classes),
            digits=_share((found == classes)[is_digit]),
            digits_called_none=_share(found[is_digit] == NONE),
            none_called_digits=_share(found[~is_digit] != NONE),
            plain=_share(best_digit == plain.labels),
            count=len(classes),
            plain_count=len(plain),
        )


def _share(is_so: npt.NDArray[np.bool_]) -> float | None:
    return float(is_so.mean()) if is_so.size else None
