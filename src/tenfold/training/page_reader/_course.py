"""Epoch after epoch of one network, its learning rate rising and falling once."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import msgspec
import torch
from torch import nn

from tenfold.errors import TrainingError
from tenfold.language import text as _
from tenfold.recipes import Course, OneCycle
from tenfold.records import EpochRow, Run
from tenfold.training._checkpoint import load_checkpoint, save_checkpoint
from tenfold.training._schedule import rate_share
from tenfold.training.page_reader._beginning import begin_with_bundled
from tenfold.training.progress import Extent, Observer

__all__ = ["EpochOutcome", "NetworkTask", "learning_rate", "train_task"]

REPORT_EVERY = 25
LONGEST_GRADIENT = 5.0
LOWEST_RATE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class EpochOutcome:
    """What one batch gave: its mean loss, and how many of its ``count`` answers were right."""

    loss: torch.Tensor
    right: torch.Tensor
    count: int


class NetworkTask(Protocol):
    """A network and what it learns."""

    @property
    def name(self) -> str:
        """What its files are called."""

    @property
    def network(self) -> nn.Module:
        """The network, on its device."""

    @property
    def steps(self) -> int:
        """Steps of an epoch."""

    @property
    def images(self) -> int:
        """Pictures of an epoch."""

    def outcomes(self, epoch: int) -> Iterator[EpochOutcome]:
        """Yield what each batch of the epoch, counted from 1, gives, just before its step.

        All follows from the seed and ``epoch``.
        """

    def evaluate(self) -> tuple[float, float]:
        """Return mean loss and share of right answers on what is held out."""


def train_task(
    task: NetworkTask, course: Course, run: Run, observer: Observer, *, before: int, epochs: int
) -> None:
    """Train from the last checkpoint, if any, to the course's end.

    Args:
        task: what to train; its network comes out trained.
        course: how.
        run: the folder that keeps checkpoint and history.
        observer: sees it go by.
        before: epochs of other networks that stand in the history already.
        epochs: how many of them and of this one there will be.

    Raises:
        TrainingError: if the loss is no longer a finite number.
        StorageError: if a file cannot be written; the last checkpoint stays whole.
    """
    optimizer = torch.optim.AdamW(
        task.network.parameters(),
        lr=course.learning_rate,
        weight_decay=course.weight_decay,
        fused=True,
    )
    path = run.folder / f"{task.name}.checkpoint.safetensors"
    done = 0
    if path.is_file():
        done = load_checkpoint(path, task.network, optimizer)
    elif course.start == "bundled":
        begin_with_bundled(task.name, task.network)
    rows = run.history[: before + done] if done < course.epochs else run.history
    plan = Extent(f"reader, {task.name}", epochs, before + done, task.steps, task.images)
    observer.on_start(plan)
    try:
        for epoch in range(done + 1, course.epochs + 1):
            row = _train_epoch(task, optimizer, course, epoch, observer)
            loss, accuracy = task.evaluate()
            row = msgspec.structs.replace(
                row,
                epoch=before + epoch,
                validation_loss=loss,
                validation_accuracy=accuracy,
            )
            rows.append(row)
            run.write_history(rows)
            save_checkpoint(path, task.network, optimizer, epoch)
            observer.on_epoch(row)
    finally:
        observer.on_end()
    task.network.eval()


def learning_rate(course: Course, step: int, steps: int) -> float:
    """Return the learning rate of ``step``, counted from 0, of ``steps`` in all."""
    cycle = OneCycle(warm_up=course.warm_up)
    return course.learning_rate * rate_share(cycle, step, steps) + LOWEST_RATE


def _train_epoch(
    task: NetworkTask,
    optimizer: torch.optim.Optimizer,
    course: Course,
    epoch: int,
    observer: Observer,
) -> EpochRow:
    task.network.train()
    began = time.perf_counter()
    loss_sum = right = count = 0.0
    step = 0
    for step, outcome in enumerate(task.outcomes(epoch), start=1):
        rate = learning_rate(
            course, (epoch - 1) * task.steps + step - 1, course.epochs * task.steps
        )
        for group in optimizer.param_groups:
            group["lr"] = rate
        outcome.loss.backward()
        nn.utils.clip_grad_norm_(task.network.parameters(), LONGEST_GRADIENT)
        optimizer.step()
        optimizer.zero_grad()
        loss_sum += float(outcome.loss.detach())
        right += float(outcome.right)
        count += outcome.count
        if step % REPORT_EVERY == 0 or step == task.steps:
            _check(task.name, loss_sum, epoch, step)
            observer.on_step(step, loss_sum / step, right / count)
    seconds = time.perf_counter() - began
    return EpochRow(
        epoch=epoch,
        step=epoch * task.steps,
        loss=loss_sum / step,
        accuracy=right / count,
        seconds=seconds,
        images_per_second=task.images / seconds,
    )


def _check(name: str, loss: float, epoch: int, step: int) -> None:
    if not math.isfinite(loss):
        raise TrainingError(
            _(
                "The loss of the network {name} became {loss} in epoch {epoch}, at or just before "
                "step {step}. The last whole epoch is kept. A smaller learning rate "
                "(--set {name}.learning_rate=...) usually helps.",
                name=name,
                loss=loss,
                epoch=epoch,
                step=step,
            )
        )
