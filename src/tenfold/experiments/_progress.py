"""What is shown while jobs are at work, read from their run folders alone."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Protocol, final

import msgspec
from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from tenfold.errors import TenfoldError
from tenfold.experiments.engines import Outcome
from tenfold.experiments.jobs import Job
from tenfold.language import text as _
from tenfold.records import EpochRow

__all__ = ["Board", "board_for_screen"]

REFRESH = 0.5
SHOWN = 16


class Board(Protocol):
    """Shows all jobs of an experiment."""

    def begin(self, total: int, workers: int) -> None:
        """Show that ``total`` jobs are to be done, ``workers`` at once."""

    def add(self, job: Job) -> None:
        """A job waits to be done."""

    def refresh(self) -> None:
        """Look at the run folders again, where that is due."""

    def again(self, outcome: Outcome) -> None:
        """A job was lost with its worker, and waits to be done again."""

    def ended(self, outcome: Outcome) -> None:
        """A job has ended."""

    def close(self) -> None:
        """Show no more."""


class _State(msgspec.Struct):
    """What is known of one job that has not ended: its history so far."""

    job: Job
    started: bool = False
    rows: tuple[EpochRow, ...] = ()

    @property
    def epochs(self) -> int:
        return self.job.recipe.epochs

    def look(self) -> None:
        """Read the run's history; one that is just being written is read the next time."""
        run = self.job.run
        try:
            self.started = run.started
            if self.started:
                self.rows = tuple(run.history)
        except TenfoldError:
            # The worker meets the same damage and says so as the job's error.
            self.rows = ()


@final
class _Clock:
    """How much longer: the work left at the pace so far, in time by the wall.

    A job's work is its epochs and one more, for all that is not an epoch: loading PyTorch and
    the data, scoring, saving. The pace is that of all workers together, so the last job alone is
    given more. An epoch's weight is what one of the same network has taken.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.total = 0
        self.workers = 1
        self.done = 0
        self._now = now
        self._began = now()
        self._seconds: dict[str, float] = {}
        self._did: dict[str, tuple[Job, int]] = {}
        self._before: dict[str, int] = {}

    def meet(self, state: _State) -> None:
        """Take in how far a job is before anything is done for it."""
        self._before.setdefault(state.job.folder, len(state.rows))

    def learn(self, state: _State, *, ended: bool = False) -> None:
        """Take in how far a job has come, and the times of its epochs."""
        folder = state.job.folder
        if state.rows:
            self._seconds[_kind(state.job)] = _mean([row.seconds for row in state.rows])
        new = len(state.rows) - self._before.get(folder, 0)
        self._did[folder] = (state.job, max(0, new) + ended)

    def left(self, states: list[_State]) -> float | None:
        """Return the seconds until all is done, or ``None`` while nothing is known."""
        did = sum(self._weight(job) * count for job, count in self._did.values())
        if not did:
            return None
        pace = (self._now() - self._began) / did
        work = [self._weight(s.job) * (s.epochs - len(s.rows) + 1) for s in states]
        # Jobs of a search that are not yet chosen cost about what the others did.
        unknown = max(0, self.total - self.done - len(states))
        each = work[0] if work else did / max(1, self.done)
        longest = max(work, default=0.0) * min(self.workers, self.total)
        return pace * max(sum(work) + unknown * each, longest)

    def _weight(self, job: Job) -> float:
        return self._seconds.get(_kind(job)) or _mean(list(self._seconds.values())) or 1.0


@final
class _Lines:
    """A plain line on stderr as each job ends."""

    def __init__(self) -> None:
        self._clock = _Clock()
        self._states: dict[str, _State] = {}

    def begin(self, total: int, workers: int) -> None:
        self._clock.total, self._clock.workers = total, workers
        _print(_("{total} jobs, {workers} at once", total=total, workers=workers))

    def add(self, job: Job) -> None:
        state = _State(job)
        state.look()
        self._clock.meet(state)
        self._states[job.folder] = state

    def refresh(self) -> None:
        """Do nothing: a log has a line a job."""

    def again(self, outcome: Outcome) -> None:
        _print(_lost(outcome))

    def ended(self, outcome: Outcome) -> None:
        state = self._states.pop(outcome.job.folder, _State(outcome.job))
        state.look()
        self._clock.learn(state, ended=True)
        self._clock.done += 1
        for other in self._states.values():
            other.look()
            self._clock.learn(other)
        _print(_summary(self._clock, list(self._states.values())) + "  " + _ended(outcome))

    def close(self) -> None:
        """Do nothing."""


@final
class _Table:
    """A live table of the jobs at work; a line stays of each that has ended."""

    def __init__(self, console: Console) -> None:
        self._clock = _Clock()
        self._states: dict[str, _State] = {}
        self._live = Live(console=console, transient=True, auto_refresh=False)
        self._looked = 0.0

    def begin(self, total: int, workers: int) -> None:
        self._clock.total, self._clock.workers = total, workers
        self._live.start()

    def add(self, job: Job) -> None:
        state = _State(job)
        state.look()
        self._clock.meet(state)
        self._states[job.folder] = state

    def refresh(self) -> None:
        now = time.monotonic()
        if now - self._looked < REFRESH:
            return
        self._looked = now
        for state in self._states.values():
            state.look()
            self._clock.learn(state)
        states = list(self._states.values())
        self._live.update(Group(_table(states), _summary(self._clock, states)))
        self._live.refresh()

    def again(self, outcome: Outcome) -> None:
        line = f"[yellow]●[/] {escape(_lost(outcome))}"
        self._live.console.print(line, highlight=False)

    def ended(self, outcome: Outcome) -> None:
        state = self._states.pop(outcome.job.folder, _State(outcome.job))
        state.look()
        self._clock.learn(state, ended=True)
        self._clock.done += 1
        color = "red" if outcome.error else "green"
        self._live.console.print(f"[{color}]●[/] {escape(_ended(outcome))}", highlight=False)
        self._looked = 0.0
        self.refresh()

    def close(self) -> None:
        self._live.stop()


def board_for_screen() -> Board:
    """Return a live table where stderr is a terminal, else plain lines."""
    console = Console(stderr=True)
    return _Table(console) if console.is_terminal else _Lines()


def _table(states: list[_State]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in (_("job"), _("epoch")):
        table.add_column(heading)
    for heading in (_("validation accuracy"), _("time left")):
        table.add_column(heading, justify="right")
    at_work = [state for state in states if state.started]
    waiting = [state for state in states if not state.started]
    for state in (at_work + waiting)[:SHOWN]:
        done = len(state.rows)
        share = round(10 * done / state.epochs)
        bar = f"[green]{'━' * share}[/][dim]{'━' * (10 - share)}[/]"
        progress = f"{bar} {done}/{state.epochs}" if state.started else f"[dim]{_('waiting')}[/]"
        accuracy = state.rows[-1].validation_accuracy if state.rows else None
        seconds = _mean([row.seconds for row in state.rows]) * (state.epochs - done)
        table.add_row(
            escape(state.job.name),
            progress,
            "" if accuracy is None else f"{accuracy:.2%}",
            _left(state, seconds),
        )
    if len(states) > SHOWN:
        table.add_row(f"[dim]{_('and {count} more', count=len(states) - SHOWN)}[/]")
    return table


def _left(state: _State, seconds: float) -> str:
    if not state.rows:
        return ""
    return _time(seconds) if len(state.rows) < state.epochs else _("scoring")


def _summary(clock: _Clock, states: list[_State]) -> str:
    done = _("{done} of {total} done", done=clock.done, total=clock.total)
    left = clock.left(states)
    if left is None or clock.done == clock.total:
        return done
    return done + _(", about {left} left", left=_time(left))


def _ended(outcome: Outcome) -> str:
    name = outcome.job.name
    if outcome.error or outcome.scores is None:
        return _("{name}: failed: {reason}", name=name, reason=outcome.error)
    scored = outcome.scores.validation or outcome.scores.test
    if scored is None:
        return _("{name}: done", name=name)
    reached = scored.accuracy
    if outcome.scores.pruned:
        return _("{name}: stopped early at accuracy {accuracy:.2%}", name=name, accuracy=reached)
    return _("{name}: accuracy {accuracy:.2%}", name=name, accuracy=reached)


def _lost(outcome: Outcome) -> str:
    name = outcome.job.name
    return _("{name}: begins again: {reason}", name=name, reason=outcome.error)


def _kind(job: Job) -> str:
    return str((job.recipe.layers, job.recipe.batch_size))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _time(seconds: float) -> str:
    minutes, rest = divmod(max(1, math.ceil(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
