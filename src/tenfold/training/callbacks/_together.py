"""Several observers as one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from typing import final

from tenfold.records import EpochRow
from tenfold.training.progress import Extent, Observer

__all__ = ["Together"]


@final
class Together:
    """Passes every hook on to each observer, in the order given.

    At the end each is told even if one before it fails: a store that cannot be written must not
    leave the others open.
    """

    def __init__(self, observers: Iterable[Observer]) -> None:
        self._observers = tuple(observers)

    def on_start(self, plan: Extent) -> None:
        """Pass it on."""
        for observer in self._observers:
            observer.on_start(plan)

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        """Pass it on."""
        for observer in self._observers:
            observer.on_step(step, loss, accuracy)

    def on_epoch(self, row: EpochRow) -> None:
        """Pass it on."""
        for observer in self._observers:
            observer.on_epoch(row)

    def on_end(self) -> None:
        """Pass it on to all, whatever one of them does."""
        with ExitStack() as stack:
            for observer in reversed(self._observers):
                stack.callback(observer.on_end)
