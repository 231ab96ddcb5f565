"""The processes of a group that have no run folder: they get their part of a training told."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import torch

from tenfold.data import LabeledImages
from tenfold.models.scaling import PixelScaling
from tenfold.recipes import Recipe
from tenfold.records import Settings
from tenfold.training._checkpoint import load_checkpoint
from tenfold.training.devices import choose_device, exact_arithmetic
from tenfold.training.distributed import Group
from tenfold.training.loop import Tensors, Trainer
from tenfold.training.memory import keep_freed_memory
from tenfold.training.progress import Silence

__all__ = ["SharedTask", "follow", "lead"]


class SharedTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a follower has to know beside the images, as plain data.

    Args:
        recipe: what is trained.
        settings: those of the run; the number of threads holds for each process.
        scaling: of pixels, as it was fitted.
    """

    recipe: Recipe
    settings: Settings
    scaling: PixelScaling


def lead(group: Group, task: SharedTask, images: LabeledImages) -> None:
    """Tell the others of the group what is trained and on which images."""
    if group.size > 1:
        group.tell(msgspec.json.encode(task))
        group.tell(images.labels.tobytes())
        group.tell(images.images.tobytes())


def follow(group: Group) -> None:
    """Train with the first process of the group, until the last epoch or until it has no work.

    Raises:
        InputError: if the run's device is not on this machine.
        TrainingError: if the loss is no longer a number, or another process was lost.
    """
    with group.together():
        told = group.hear()
        if told is None:
            return
        task = msgspec.json.decode(told.data, type=SharedTask)
        recipe, settings = task.recipe, task.settings
        choose_device(settings.device)
        group.check(settings.device, recipe.batch_size)
        images = _heard_images(group)
        keep_freed_memory()
        with exact_arithmetic(settings.threads):
            torch.manual_seed(settings.seed)
            trainer = Trainer(
                recipe,
                task.scaling,
                Tensors.on(settings.device, images),
                settings,
                group,
            )
            for epoch in range(_begin(group, trainer) + 1, recipe.epochs + 1):
                trainer.train_epoch(epoch, Silence())


def _heard_images(group: Group) -> LabeledImages:
    labels, images = group.hear(), group.hear()
    assert labels is not None
    assert images is not None
    return LabeledImages(images.reshape(len(labels), 28, 28), labels)


def _begin(group: Group, trainer: Trainer) -> int:
    """Put the first process's checkpoint in place, if it has one; return the epochs done."""
    checkpoint = group.hear()
    if checkpoint is None:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.safetensors"
        path.write_bytes(checkpoint.data)
        return load_checkpoint(path, trainer.network, trainer.optimizer)
