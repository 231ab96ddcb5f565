"""``tenfold read --out``: a table of many pictures, and what is said meanwhile."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, final

from tenfold.cli._passed_over import PassedOver
from tenfold.cli._screen import note
from tenfold.language import text as _

if TYPE_CHECKING:
    from rich.progress import Progress

    from tenfold.reader import Reader

__all__ = ["check_alone", "check_options", "read_table"]

# Seconds between two lines where no bar can be drawn.
_BETWEEN_LINES = 30.0

# Pictures between two looks at the list's length.
_LISTED = 1000


def check_options(table: Mapping[str, object], other: Mapping[str, object], out: bool) -> None:
    """Refuse options for a table without one, and with one those for something else.

    Raises:
        InputError: naming the first of them.
    """
    from tenfold.errors import InputError

    for name, value in (other if out else table).items():
        if value:
            message = (
                _("{name} does not go with --out; leave one of them away.", name=name)
                if out
                else _("{name} is for a table; name its file with --out.", name=name)
            )
            raise InputError(message)


def check_alone(name: str, given: bool, others: Mapping[str, bool]) -> None:
    """Refuse a way of showing readings together with another.

    Raises:
        InputError: naming both.
    """
    from tenfold.errors import InputError

    for other, value in others.items():
        if given and value:
            raise InputError(
                _(
                    "{name} does not go with {other}; leave one of them away.",
                    name=name,
                    other=other,
                )
            )


def read_table(
    sources: Sequence[str], out: Path, reader: Reader, engine: str, workers: int | None, again: bool
) -> None:
    """Make the table, and say what became of it; interrupted, say how to go on."""
    from tenfold.batch import choose_engine, read_to_table
    from tenfold.errors import TenfoldError

    chosen = choose_engine(engine, workers)
    passed = PassedOver()
    with _screen(passed.add) as watch:
        try:
            made = read_to_table(sources, out, reader, chosen, again=again, watch=watch)
        except (KeyboardInterrupt, TenfoldError):
            if watch.has_begun:
                note(_("What is read is kept; the same command goes on (without --again)."))
            raise
    passed.tell()
    note(
        _(
            "Read {pictures:,} pictures, {errors:,} of them could not be read: {out}",
            pictures=made.pictures,
            errors=made.errors,
            out=out,
        )
    )


class _Screen(Protocol):
    """Shows how far it is."""

    has_begun: bool

    def listed(self, count: int) -> None: ...

    def passed(self, path: str) -> None: ...

    def read(self, done: int, total: int) -> None: ...


@contextmanager
def _screen(passed: Callable[[str], None]) -> Iterator[_Screen]:
    if not sys.stderr.isatty():
        yield _Lines(passed)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from tenfold.cli._console import Console

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        yield _Bar(bar, passed)


@final
class _Rate:
    """Pictures a second since the first news; what was there before does not count."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._first: int | None = None

    def of(self, done: int) -> float:
        if self._first is None:
            self._first, self._began = done, time.monotonic()
        return (done - self._first) / max(time.monotonic() - self._began, 1e-3)


@final
class _Bar:
    def __init__(self, bar: Progress, passed: Callable[[str], None]) -> None:
        self.has_begun = False
        self.passed = passed
        self._bar = bar
        self._rate = _Rate()
        self._task = bar.add_task(_("Looking for pictures"), total=None, rate="")

    def listed(self, count: int) -> None:
        if count % _LISTED == 0:
            self._bar.update(self._task, rate=f"{count:,}")

    def read(self, done: int, total: int) -> None:
        self.has_begun = True
        rate = self._rate.of(done)
        self._bar.update(
            self._task,
            description=_("Reading pictures"),
            completed=done,
            total=total,
            rate=_("{done:,} of {total:,}, {rate:.0f} a second", done=done, total=total, rate=rate),
        )


@final
class _Lines:
    def __init__(self, passed: Callable[[str], None]) -> None:
        self.has_begun = False
        self.passed = passed
        self._rate = _Rate()
        self._next = time.monotonic() + _BETWEEN_LINES

    def listed(self, count: int) -> None:
        if count % _LISTED == 0 and self._is_time():
            note(_("Found {count:,} pictures so far", count=count))

    def read(self, done: int, total: int) -> None:
        if not self.has_begun and done:
            note(_("Going on after {done:,} of {total:,} pictures", done=done, total=total))
        self.has_begun = True
        rate = self._rate.of(done)
        if self._is_time():
            left = round((total - done) / rate) if rate else 0
            note(
                _(
                    "{done:,} of {total:,} pictures, {rate:.0f} a second, {left} left",
                    done=done,
                    total=total,
                    rate=rate,
                    left=f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}",
                )
            )

    def _is_time(self) -> bool:
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + _BETWEEN_LINES
        return True
