"""What the digit network learns: which digit a placed image is, or that it is none."""

from __future__ import annotations

from collections.abc import Iterator
from math import degrees
from typing import final

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy

from tenfold.data import LabeledImages
from tenfold.networks.reader import NONE, DigitNetwork
from tenfold.recipes import Augmentation, Course
from tenfold.records import DigitScores
from tenfold.training._augmentation import augmented
from tenfold.training.batches import epoch_generators
from tenfold.training.devices import arithmetic
from tenfold.training.page_reader._course import EpochOutcome

__all__ = ["DigitTask"]

EVALUATION_BATCH = 1000
LOOKS = Augmentation(rotation=degrees(0.1), stretch=0.07, shear=0.1, shift=0.56)

Bytes = npt.NDArray[np.uint8]


@final
class DigitTask:
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
        images = np.concatenate([placed[0], plain.images])
        labels = np.concatenate([placed[1], plain.labels])
        self._images = torch.from_numpy(images)[:, None].to(device)
        self._labels = torch.from_numpy(labels).to(device, torch.int64)
        scenes = np.arange(len(placed[0]))
        self._indices = np.concatenate([scenes, *[np.arange(len(scenes), len(images))] * copies])
        self._held = held
        self._course = course
        self._seed = seed
        self._device = device
        self._precision = precision
        self.network = DigitNetwork().to(device)
        # Convolutions on processors are fastest on maps whose channels lie together.
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # stubs

    @property
    def steps(self) -> int:
        """Steps of an epoch; the last may be smaller."""
        return -(-self.images // self._course.batch_size)

    @property
    def images(self) -> int:
        """Images of an epoch."""
        return len(self._indices)

    def outcomes(self, epoch: int) -> Iterator[EpochOutcome]:
        """Yield what each batch gives."""
        order, looks = epoch_generators(self._seed, epoch)
        shuffled = torch.from_numpy(order.permutation(self._indices))
        for batch in shuffled.split(self._course.batch_size):
            index = batch.to(self._device)
            images = augmented(self._images[index].float() / 255, LOOKS, looks)
            images = images.contiguous(memory_format=torch.channels_last)
            labels = self._labels[index]
            with arithmetic(self._device, self._precision):
                logits = self.network(images)
            loss = cross_entropy(logits.float(), labels)
            right = (logits.detach().argmax(1) == labels).sum()
            yield EpochOutcome(loss, right, len(labels))

    @torch.no_grad()
    def evaluate(self) -> tuple[float, float]:
        """Return mean loss and share of right answers, of eleven, on what is held out."""
        logits = self.logits(self._held[0]).double()
        labels = torch.from_numpy(self._held[1]).long()
        right = (logits.argmax(1) == labels).double()
        return cross_entropy(logits, labels).item(), right.mean().item()

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

    @torch.no_grad()
    def logits(self, images: Bytes) -> torch.Tensor:
        """Return float32 logits [N, 11] of uint8 images [N, 28, 28], without dropout, in fp32."""
        self.network.eval()
        parts = torch.from_numpy(images)[:, None].split(EVALUATION_BATCH)
        return torch.cat(
            [self.network(part.to(self._device).float() / 255).cpu() for part in parts]
        )


def _share(is_so: npt.NDArray[np.bool_]) -> float | None:
    return float(is_so.mean()) if is_so.size else None
