"""What is shown while a network trains."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Protocol, final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from tenfold.language import text as _
from tenfold.records import EpochRow

__all__ = ["Bar", "Extent", "Observer", "PlainLines", "Silence", "observer_for_screen"]


@dataclass(frozen=True, slots=True)
class Extent:
    """The extent of a training: epochs in all and done before, steps and images in one epoch."""

    name: str
    epochs: int
    done: int
    steps: int
    images: int


class Observer(Protocol):
    """Sees a training go by; every hook may do nothing."""

    def on_start(self, plan: Extent) -> None:
        """Training begins, or goes on after ``plan.done`` epochs."""

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        """Some steps of the epoch are done: ``step`` of them, with the epoch's means so far."""

    def on_epoch(self, row: EpochRow) -> None:
        """An epoch is done, and its checkpoint written."""

    def on_end(self) -> None:
        """Training has ended, for whatever reason."""


@final
class Silence:
    """Shows nothing."""

    def on_start(self, plan: Extent) -> None:
        """Do nothing."""

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        """Do nothing."""

    def on_epoch(self, row: EpochRow) -> None:
        """Do nothing."""

    def on_end(self) -> None:
        """Do nothing."""


@final
class PlainLines:
    """Prints a plain line an epoch on stderr, at most one a second and the last one always."""

    def __init__(self) -> None:
        self._plan = Extent("", 0, 0, 0, 0)
        self._printed = 0.0

    def on_start(self, plan: Extent) -> None:
        """Remember how far there is to go."""
        self._plan = plan

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        """Print nothing: a log has a line an epoch."""

    def on_epoch(self, row: EpochRow) -> None:
        """Print the epoch's line."""
        now = time.monotonic()
        if row.epoch < self._plan.epochs and now - self._printed < 1:
            return
        self._printed = now
        print(_row_text(self._plan, row), file=sys.stderr, flush=True)

    def on_end(self) -> None:
        """Print nothing."""


@final
class Bar:
    """A live bar with loss, accuracy, images a second and time left; a line stays an epoch."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._plan = Extent("", 0, 0, 0, 0)
        self._task = TaskID(0)
        self._done = 0
        self._began = 0.0
        self._printed = 0.0
        self._progress = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[state]}"),
            console=console,
            transient=True,
        )

    def on_start(self, plan: Extent) -> None:
        """Show the bar."""
        self._plan = plan
        self._done = plan.done
        self._began = time.monotonic()
        self._task = self._progress.add_task(plan.name, total=plan.epochs * plan.steps, state="")
        self._progress.update(self._task, completed=plan.done * plan.steps)
        self._progress.start()

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        """Move the bar on."""
        plan = self._plan
        epochs = self._done - plan.done + step / plan.steps
        seconds = time.monotonic() - self._began
        left = (plan.epochs - plan.done - epochs) * seconds / epochs
        state = _(
            "loss {loss:.4f}  accuracy {accuracy:.2%}  {speed:,.0f} images/s  {left} left",
            loss=loss,
            accuracy=accuracy,
            speed=epochs * plan.images / seconds,
            left=_clock(left),
        )
        self._progress.update(self._task, completed=self._done * plan.steps + step, state=state)

    def on_epoch(self, row: EpochRow) -> None:
        """Leave a line above the bar, at most one a second and the last one always."""
        self._done = row.epoch
        now = time.monotonic()
        if row.epoch == self._plan.epochs or now - self._printed >= 1:
            self._printed = now
            self._console.print(_row_text(self._plan, row), highlight=False)

    def on_end(self) -> None:
        """Take the bar away."""
        self._progress.stop()


def observer_for_screen() -> Observer:
    """Return a bar where stderr is a terminal, else plain lines."""
    console = Console(stderr=True)
    return Bar(console) if console.is_terminal else PlainLines()


def _row_text(plan: Extent, row: EpochRow) -> str:
    line = _(
        "{name}  epoch {epoch}/{epochs}  loss {loss:.4f}  accuracy {accuracy:.2%}",
        name=plan.name,
        epoch=row.epoch,
        epochs=plan.epochs,
        loss=row.loss,
        accuracy=row.accuracy,
    )
    if row.validation_loss is not None and row.validation_accuracy is not None:
        line += "  " + _(
            "validation loss {loss:.4f}  accuracy {accuracy:.2%}",
            loss=row.validation_loss,
            accuracy=row.validation_accuracy,
        )
    speed = row.images_per_second
    return line + "  " + _("{speed:,.0f} images/s", speed=speed)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
