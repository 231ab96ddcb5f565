"""The training loop: one epoch after another, on images that stay in memory as bytes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import msgspec
import torch
from torch.nn.functional import cross_entropy

from tenfold.data import LabeledImages
from tenfold.errors import TrainingError
from tenfold.language import text as _
from tenfold.models.scaling import PixelScaling
from tenfold.networks.build import build_network
from tenfold.networks.scaling import scale
from tenfold.networks.test_time_augmentation import shift_averaged
from tenfold.recipes import Conv, Recipe
from tenfold.records import EpochRow, Settings
from tenfold.training._augmentation import augmented
from tenfold.training._optimizers import build_optimizer
from tenfold.training._schedule import rate_share
from tenfold.training.batches import batch_indices, epoch_generators, steps_in_epoch
from tenfold.training.devices import arithmetic
from tenfold.training.distributed import ALONE, Group
from tenfold.training.progress import Extent, Observer

__all__ = ["Tensors", "Trainer"]

REPORT_EVERY = 25
EVALUATION_BATCH = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Tensors:
    """Labeled images on a device: uint8 [N, 1, 28, 28] and int64 [N]."""

    images: torch.Tensor
    labels: torch.Tensor

    @classmethod
    def on(cls, device: str, data: LabeledImages) -> Tensors:
        """Copy ``data`` to ``device``."""
        images = torch.from_numpy(data.images).unsqueeze(1).to(device)
        return cls(images, torch.from_numpy(data.labels).to(device, torch.int64))

    def __len__(self) -> int:
        return len(self.labels)


@final
class Tally:
    """Mean loss and accuracy over the batches of an epoch, counted many batches at a time.

    Counting each batch by itself would cost half a dozen small operations in every step. Where
    several processes train, each adds its part, and all count the same.
    """

    def __init__(self, group: Group = ALONE) -> None:
        self._group = group
        self._waiting: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor, int]] = []
        self._loss_sum = 0.0
        self._correct = 0
        self.seen = 0

    def add(
        self, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor, size: int
    ) -> None:
        """Take a batch's mean loss, and logits [N, 10] and labels [N] of this process's part.

        Args:
            loss: the mean over processes of this is the mean over the batch.
            logits: of this process's images.
            labels: of this process's images.
            size: of the whole batch.
        """
        self._waiting.append((loss, logits, labels, size))

    def count(self) -> None:
        """Count the batches added since the last time."""
        losses, logits, labels, counts = zip(*self._waiting, strict=True)
        sizes = torch.tensor(counts, dtype=torch.float32)
        loss_sum = (torch.stack(losses).cpu() * sizes).sum().item()
        correct = (torch.cat(logits).argmax(1) == torch.cat(labels)).sum().item()
        loss_sum, correct = self._group.total(loss_sum, correct)
        self._loss_sum += loss_sum / self._group.size
        self._correct += int(correct)
        self.seen += int(sizes.sum().item())
        self._waiting.clear()

    @property
    def loss(self) -> float:
        """Mean loss over the images counted."""
        return self._loss_sum / self.seen

    @property
    def accuracy(self) -> float:
        """Share of the images counted that were predicted right."""
        return self._correct / self.seen


@final
class Trainer:
    """A network being trained: its weights, its optimizer, and the data it sees.

    Built from PyTorch's random state, which the caller has seeded.
    """

    def __init__(
        self,
        recipe: Recipe,
        scaling: PixelScaling,
        data: Tensors,
        settings: Settings,
        group: Group = ALONE,
    ) -> None:
        """Build the network and its optimizer.

        Args:
            recipe: what is trained.
            scaling: of pixels.
            data: what on, on the device of the settings.
            settings: of these the seed, the device and the precision count.
            group: the processes that train together.
        """
        self.recipe = recipe
        self.scaling = scaling
        self.data = data
        self.settings = settings
        self.group = group
        self.network = build_network(recipe.layers).to(settings.device)
        if any(isinstance(layer, Conv) for layer in recipe.layers):
            # Convolutions on processors are fastest on maps whose channels lie together.
            self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # stubs
        self.optimizer = build_optimizer(recipe.optimizer, self.network.parameters())
        self._trained = group.parallel(self.network)

    @property
    def steps(self) -> int:
        """How many steps an epoch takes."""
        return steps_in_epoch(self.recipe, len(self.data))

    def train(
        self,
        watched: Tensors | None,
        observer: Observer,
        keep: Callable[[EpochRow], None],
        *,
        done: int = 0,
    ) -> None:
        """Train every epoch of the recipe after the first ``done``.

        Args:
            watched: images that are held out, scored after each epoch.
            observer: sees it go by.
            keep: takes each epoch's line of history, before the observer hears of it.
            done: epochs that are behind the network's weights already.

        Raises:
            TrainingError: if the loss is no longer a finite number.
        """
        epochs = self.recipe.epochs
        observer.on_start(Extent(self.recipe.name, epochs, done, self.steps, len(self.data)))
        try:
            for epoch in range(done + 1, epochs + 1):
                row = self.train_epoch(epoch, observer)
                if watched:
                    loss, accuracy = self.evaluate(watched)
                    row = msgspec.structs.replace(
                        row, validation_loss=loss, validation_accuracy=accuracy
                    )
                keep(row)
                observer.on_epoch(row)
        finally:
            observer.on_end()

    def train_epoch(self, epoch: int, observer: Observer) -> EpochRow:
        """Train one epoch, counted from 1, and return its line of history without validation.

        Raises:
            TrainingError: if the loss is no longer a finite number.
        """
        self.network.train()
        began = time.perf_counter()
        tally = Tally(self.group)
        self.group.seed_dropout(self.settings.seed, epoch)
        indices = batch_indices(self.recipe, len(self.data), self.settings.seed, epoch)
        looks = self._looks(epoch)
        for step, batch in enumerate(indices, start=1):
            self._set_rate((epoch - 1) * self.steps + step - 1)
            tally.add(*self._step(batch.to(self.settings.device), looks), len(batch))
            if step % REPORT_EVERY == 0 or step == self.steps:
                tally.count()
                self._check(tally.loss, epoch, step)
                observer.on_step(step, tally.loss, tally.accuracy)
        seconds = time.perf_counter() - began
        return EpochRow(
            epoch=epoch,
            step=epoch * self.steps,
            loss=tally.loss,
            accuracy=tally.accuracy,
            seconds=seconds,
            images_per_second=tally.seen / seconds,
        )

    def evaluate(self, data: Tensors) -> tuple[float, float]:
        """Return mean loss and accuracy on ``data``."""
        # Not every device has float64.
        logits, labels = self.logits(data).cpu().double(), data.labels.cpu()
        right = (logits.argmax(1) == labels).double()
        return cross_entropy(logits, labels).item(), right.mean().item()

    @torch.no_grad()
    def logits(self, data: Tensors) -> torch.Tensor:
        """Return float32 logits [N, 10] of ``data``, without dropout, in fp32.

        Raises:
            TrainingError: if they are no longer finite numbers.
        """
        self.network.eval()
        parts = data.images.split(EVALUATION_BATCH)
        logits = torch.cat(
            [shift_averaged(self._classify, part, self.recipe.shifts) for part in parts]
        )
        if not logits.isfinite().all():
            raise TrainingError(
                _(
                    "The network's outputs are no longer finite numbers. A smaller learning rate "
                    "(--set learning_rate=...) or another scaling usually helps."
                )
            )
        return logits

    def _classify(self, pixels: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.network(scale(pixels, self.scaling))
        return logits

    def _looks(self, epoch: int) -> torch.Generator | None:
        """Where the augmentation of an epoch is drawn from; ``None`` for images as they are."""
        augmentation = self.recipe.augmentation
        if augmentation is None or epoch > self.recipe.epochs - augmentation.plain_epochs:
            return None
        return epoch_generators(self.settings.seed, epoch)[1]

    def _set_rate(self, step: int) -> None:
        """Set the learning rate of ``step``, counted from 0 over all epochs."""
        if self.recipe.schedule is None:
            return
        share = rate_share(self.recipe.schedule, step, self.recipe.epochs * self.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.optimizer.learning_rate * share

    def _step(
        self, batch: torch.Tensor, looks: torch.Generator | None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Follow one batch; return its mean loss, and logits and labels of this process's part."""
        rows = self.group.rows
        mine = batch[rows]
        pixels = self.data.images[mine]
        if looks is not None:
            assert self.recipe.augmentation is not None
            augmentation = self.recipe.augmentation
            pixels = augmented(pixels.float(), augmentation, looks, len(batch), rows)
        images = scale(pixels, self.scaling)
        labels = self.data.labels[mine]
        with arithmetic(self.settings.device, self.settings.precision):
            logits = self._trained(images)
        loss = self._loss(logits.float(), labels, len(batch))
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss.detach(), logits.detach(), labels

    def _loss(self, logits: torch.Tensor, labels: torch.Tensor, size: int) -> torch.Tensor:
        """Return what, averaged over processes, is the mean loss of a batch of ``size`` images."""
        smoothing = self.recipe.label_smoothing
        if self.group.size == 1:
            return cross_entropy(logits, labels, label_smoothing=smoothing)
        # Parts may be of unequal length, and one of them empty.
        loss = cross_entropy(logits, labels, label_smoothing=smoothing, reduction="sum")
        return loss * (self.group.size / size)

    def _check(self, loss: float, epoch: int, step: int) -> None:
        if not loss < float("inf"):
            raise TrainingError(
                _(
                    "The loss became {loss} in epoch {epoch}, at or just before step {step}. "
                    "The last whole epoch is kept. A smaller learning rate "
                    "(--set learning_rate=...) or another scaling usually helps.",
                    loss=loss,
                    epoch=epoch,
                    step=step,
                )
            )
