"""The training loop: one epoch after another, on images that stay in memory as bytes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import final

import torch
from torch.nn.functional import cross_entropy

from tenfold.data import LabelledImages
from tenfold.errors import TrainingError
from tenfold.language import text as _
from tenfold.recipes import Conv, Recipe
from tenfold.runs import EpochRow
from tenfold.training._batches import batch_indices, steps_in_epoch
from tenfold.training._networks import build_network
from tenfold.training._optimizers import build_optimizer
from tenfold.training._scaling import PixelScaling
from tenfold.training.progress import Observer

__all__ = ["Tensors", "Trainer"]

REPORT_EVERY = 25
EVALUATION_BATCH = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Tensors:
    """Labelled images on a device: uint8 [N, 1, 28, 28] and int64 [N]."""

    images: torch.Tensor
    labels: torch.Tensor

    @classmethod
    def on(cls, device: str, data: LabelledImages) -> Tensors:
        """Copy ``data`` to ``device``."""
        images = torch.from_numpy(data.images).unsqueeze(1).to(device)
        return cls(images, torch.from_numpy(data.labels).to(device, torch.int64))

    def __len__(self) -> int:
        return len(self.labels)


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
        *,
        seed: int,
        device: str,
        precision: str,
    ) -> None:
        self.recipe = recipe
        self.scaling = scaling
        self.data = data
        self.seed = seed
        self.device = device
        self.precision = precision
        self.network = build_network(recipe.layers).to(device)
        if any(isinstance(layer, Conv) for layer in recipe.layers):
            # Convolutions on processors are fastest on maps whose channels lie together.
            self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # stubs
        self.optimizer = build_optimizer(recipe.optimizer, self.network.parameters())

    @property
    def steps(self) -> int:
        """How many steps an epoch takes."""
        return steps_in_epoch(self.recipe, len(self.data))

    def train_epoch(self, epoch: int, observer: Observer) -> EpochRow:
        """Train one epoch, counted from 1, and return its line of history without validation.

        Raises:
            TrainingError: if the loss is no longer a finite number.
        """
        self.network.train()
        began = time.perf_counter()
        loss_sum = torch.zeros((), device=self.device)
        correct = torch.zeros((), dtype=torch.int64, device=self.device)
        seen = 0
        indices = batch_indices(self.recipe, len(self.data), self.seed, epoch)
        for step, batch in enumerate(indices, start=1):
            loss, right = self._step(batch.to(self.device))
            loss_sum += loss * len(batch)
            correct += right
            seen += len(batch)
            if step % REPORT_EVERY == 0 or step == self.steps:
                mean = loss_sum.item() / seen
                self._check(mean, epoch, step)
                observer.on_step(step, mean, correct.item() / seen)
        seconds = time.perf_counter() - began
        return EpochRow(
            epoch=epoch,
            step=epoch * self.steps,
            loss=loss_sum.item() / seen,
            accuracy=correct.item() / seen,
            seconds=seconds,
            images_per_second=seen / seconds,
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
        logits = torch.cat([self.network(self.scaling(part)) for part in parts])
        if not logits.isfinite().all():
            raise TrainingError(
                _(
                    "The network's outputs are no longer finite numbers. A smaller learning rate "
                    "(--set learning_rate=...) or another scaling usually helps."
                )
            )
        return logits

    def _step(self, batch: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Follow one batch; return its mean loss and how many it had right."""
        images = self.scaling(self.data.images[batch])
        labels = self.data.labels[batch]
        with torch.autocast(self.device, torch.bfloat16, enabled=self.precision == "bf16"):
            logits = self.network(images)
        loss = cross_entropy(logits.float(), labels)
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss.detach(), (logits.detach().argmax(1) == labels).sum()

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
