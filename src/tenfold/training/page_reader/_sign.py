"""What the sign network learns: which sign a mark in a line is, or that it is another."""

from __future__ import annotations

from math import degrees
from typing import final

import numpy as np

from tenfold.metrics.temperature import FEWEST, fit_temperature
from tenfold.models.sign_model import SIGNS
from tenfold.networks.reader import SignNetwork
from tenfold.recipes import Augmentation, Course
from tenfold.records import SignScores
from tenfold.training.page_reader._labeled import Bytes, Labeled, LabeledTask

__all__ = ["SignTask"]

LOOKS = Augmentation(rotation=degrees(0.04), stretch=0.06, shear=0.06, shift=0.8)


@final
class SignTask(LabeledTask):
    """The sign network, windows to train it on and windows held out.

    Args:
        windows: uint8 [K, 2, 40, 40] and uint8 [K], windows around marks of scenes, and which of
            ``SIGNS`` each is.
        held: the same of scenes that are not trained on.
    """

    name = "signs"

    def __init__(
        self,
        windows: tuple[Bytes, Bytes],
        held: tuple[Bytes, Bytes],
        course: Course,
        *,
        seed: int,
        device: str,
        precision: str,
    ) -> None:
        self.network = SignNetwork()
        super().__init__(
            self.network,
            Labeled(*windows, np.arange(len(windows[1]))),
            held,
            LOOKS,
            course,
            seed=seed,
            device=device,
            precision=precision,
        )

    def scores(self) -> SignScores:
        """Return what is reached on held-out windows, all together and of each sign."""
        windows, classes = self._held
        is_right = self.logits(windows).argmax(1).numpy() == classes
        counts = np.bincount(classes, minlength=len(SIGNS))
        seen = [at for at in range(len(SIGNS)) if counts[at]]
        return SignScores(
            accuracy=float(is_right.mean()) if len(classes) else None,
            right={SIGNS[at]: float(is_right[classes == at].mean()) for at in seen},
            counts={SIGNS[at]: int(counts[at]) for at in seen},
            count=len(classes),
        )

    def temperature(self) -> float | None:
        """Return the temperature at which the softmax holds on held-out windows.

        None if there are too few to say.
        """
        windows, classes = self._held
        if len(classes) < FEWEST:
            return None
        return fit_temperature(self.logits(windows).numpy(), classes)
