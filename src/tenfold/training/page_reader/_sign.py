"""What the sign network learns: which sign a mark in a line is, or that it is another."""

from __future__ import annotations

from collections.abc import Iterator
from math import degrees
from typing import final

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy

from tenfold.metrics.temperature import FEWEST, fit_temperature
from tenfold.models.sign_model import SIGNS
from tenfold.networks.reader import SignNetwork
from tenfold.recipes import Augmentation, Course
from tenfold.records import SignScores
from tenfold.training._augmentation import augmented
from tenfold.training.batches import epoch_generators
from tenfold.training.devices import arithmetic
from tenfold.training.page_reader._course import EpochOutcome

__all__ = ["SignTask"]

EVALUATION_BATCH = 1000
LOOKS = Augmentation(rotation=degrees(0.04), stretch=0.06, shear=0.06, shift=0.8)

Bytes = npt.NDArray[np.uint8]


@final
class SignTask:
    """The sign network, windows to train it on and windows held out.

    Args:
        windows: uint8 [K, 2, 40, 40] and uint8 [K], windows around marks of scenes, and which of
            ``SIGNS`` each is.
        held: the same of scenes that are not trained on.
        course: how it is trained.
        seed: what order and looks follow from.
        device: where to train.
        precision: in which arithmetic.
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
        self._windows = torch.from_numpy(windows[0]).to(device)
        self._classes = torch.from_numpy(windows[1]).to(device, torch.int64)
        self._held = held
        self._course = course
        self._seed = seed
        self._device = device
        self._precision = precision
        self.network = SignNetwork().to(device)
        # Convolutions on processors are fastest on maps whose channels lie together.
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # stubs

    @property
    def steps(self) -> int:
        """Steps of an epoch; the last may be smaller."""
        return -(-self.images // self._course.batch_size)

    @property
    def images(self) -> int:
        """Windows of an epoch."""
        return len(self._classes)

    def outcomes(self, epoch: int) -> Iterator[EpochOutcome]:
        """Yield what each batch gives."""
        order, looks = epoch_generators(self._seed, epoch)
        shuffled = torch.from_numpy(order.permutation(self.images))
        for batch in shuffled.split(self._course.batch_size):
            index = batch.to(self._device)
            windows = augmented(self._windows[index].float() / 255, LOOKS, looks)
            windows = windows.contiguous(memory_format=torch.channels_last)
            classes = self._classes[index]
            with arithmetic(self._device, self._precision):
                logits = self.network(windows)
            loss = cross_entropy(logits.float(), classes)
            right = (logits.detach().argmax(1) == classes).sum()
            yield EpochOutcome(loss, right, len(classes))

    @torch.no_grad()
    def evaluate(self) -> tuple[float, float]:
        """Return mean loss and share of right answers, of eleven, on what is held out."""
        logits = self._logits().double()
        classes = torch.from_numpy(self._held[1]).long()
        right = (logits.argmax(1) == classes).double()
        return cross_entropy(logits, classes).item(), right.mean().item()

    def scores(self) -> SignScores:
        """Return what is reached on held-out windows, all together and of each sign."""
        classes = self._held[1]
        is_right = self._logits().argmax(1).numpy() == classes
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
        if len(self._held[1]) < FEWEST:
            return None
        return fit_temperature(self._logits().numpy(), self._held[1])

    @torch.no_grad()
    def _logits(self) -> torch.Tensor:
        """Float32 logits [K, 11] of the held-out windows, without dropout, in fp32."""
        self.network.eval()
        parts = torch.from_numpy(self._held[0]).split(EVALUATION_BATCH)
        return torch.cat(
            [self.network(part.to(self._device).float() / 255).cpu() for part in parts]
        )
