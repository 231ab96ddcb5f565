"""What a run records after each epoch."""

from __future__ import annotations

import msgspec

__all__ = ["EpochRow"]


class EpochRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a run's history.

    Args:
        epoch: how many epochs are done, from 1.
        step: how many steps are done.
        loss: mean training loss over the epoch as its batches passed, in nats.
        accuracy: share of them predicted right as they passed, in [0, 1]; dropout was at work.
        validation_loss: mean loss on the images that the recipe watches, after the epoch.
        validation_accuracy: share of those predicted right.
        seconds: the epoch's training time, without validation.
        images_per_second: training images seen in that time.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    seconds: float = 0.0
    images_per_second: float = 0.0
