"""What a network learns that tells small images apart: of which class each is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from tenfold.recipes import Augmentation, Course
from tenfold.training._augmentation import augmented
from tenfold.training.batches import epoch_generators
from tenfold.training.devices import arithmetic
from tenfold.training.page_reader._course import EpochOutcome

__all__ = ["Bytes", "Labeled", "LabeledTask"]

EVALUATION_BATCH = 1000

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Labeled:
    """Images to train on.

    Args:
        images: uint8 [M, C, H, W].
        labels: uint8 [M], their classes.
        indices: which of them an epoch sees, and how often.
    """

    images: Bytes
    labels: Bytes
    indices: npt.NDArray[np.int64]


class LabeledTask:
    """A network, images with their classes to train it on, and such as are held out.

    Args:
        network: gives logits [N, classes] for images float32 [N, C, H, W] in [0, 1].
        fit: what it is trained on.
        held: images uint8, of one channel also [K, H, W], and uint8 [K].
        looks: how each image is changed each time.
        course: how it is trained.
        seed: what order and looks follow from.
        device: where to train.
        precision: in which arithmetic.
    """

    name: str

    def __init__(
        self,
        network: nn.Module,
        fit: Labeled,
        held: tuple[Bytes, Bytes],
        looks: Augmentation,
        course: Course,
        *,
        seed: int,
        device: str,
        precision: str,
    ) -> None:
        self._images = torch.from_numpy(fit.images).to(device)
        self._labels = torch.from_numpy(fit.labels).to(device, torch.int64)
        self._indices = fit.indices
        self._held = held
        self._looks = looks
        self._course = course
        self._seed = seed
        self._device = device
        self._precision = precision
        self._network = network.to(device)
        # Convolutions on processors are fastest on maps whose channels lie together.
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # stubs

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
            images = augmented(self._images[index].float() / 255, self._looks, looks)
            images = images.contiguous(memory_format=torch.channels_last)
            labels = self._labels[index]
            with arithmetic(self._device, self._precision):
                logits = self._network(images)
            loss = cross_entropy(logits.float(), labels)
            right = (logits.detach().argmax(1) == labels).sum()
            yield EpochOutcome(loss, right, len(labels))

    @torch.no_grad()
    def evaluate(self) -> tuple[float, float]:
        """Return mean loss and share of right answers on what is held out."""
        logits = self.logits(self._held[0]).double()
        labels = torch.from_numpy(self._held[1]).long()
        right = (logits.argmax(1) == labels).double()
        return cross_entropy(logits, labels).item(), right.mean().item()

    @torch.no_grad()
    def logits(self, images: Bytes) -> torch.Tensor:
        """Return float32 logits [N, classes] of uint8 images, without dropout, in fp32."""
        self._network.eval()
        shaped = torch.from_numpy(images).reshape(len(images), *self._images.shape[1:])
        return torch.cat(
            [
                self._network(part.to(self._device).float() / 255).cpu()
                for part in shaped.split(EVALUATION_BATCH)
            ]
        )
