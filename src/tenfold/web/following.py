"""A run's history sent on while it grows, as server-sent events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import final

import msgspec

from tenfold.errors import TenfoldError
from tenfold.records import EpochRow
from tenfold.web.run_folders import RunState, describe_run, history_of
from tenfold.web.service import Service

__all__ = ["Following"]

LOOK_SECONDS = 0.5
PING_SECONDS = 15.0
PING = b": ping\n\n"


@dataclass(frozen=True, slots=True)
class _Look:
    """A run as it is at one moment."""

    state: RunState
    rows: list[EpochRow]
    plan: int


@final
class Following:
    """One client's view of a run, from a given epoch on until the run ends.

    Iterated over, it gives the bytes of the stream: an event "row" for each epoch, its number as
    id, and last an event "end" with how the run is. It ends also when the run is begun anew, and
    without that event when the service stops.

    Args:
        service: tells when to stop.
        name: of the run.
        folder: of the run.
        after: epochs up to this one are known.
    """

    def __init__(self, service: Service, name: str, folder: Path, after: int) -> None:
        self._service = service
        self._name = name
        self._folder = folder
        self._after = after

    async def is_over(self) -> bool:
        """Whether the run has ended and nothing of it is new."""
        look = await asyncio.to_thread(self._look)
        return look.state.state != "running" and not self._new(look.rows)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the stream piece by piece."""
        plan = None
        pinged = time.monotonic()
        while not self._service.stopping:
            look = await asyncio.to_thread(self._look)
            if plan is not None and look.plan != plan:
                break
            plan = look.plan
            for row in self._new(look.rows):
                self._after = row.epoch
                yield _event("row", msgspec.to_builtins(row), row.epoch)
            if look.state.state != "running":
                break
            if time.monotonic() - pinged >= PING_SECONDS:
                pinged = time.monotonic()
                yield PING
            await asyncio.sleep(LOOK_SECONDS)
        else:
            return
        yield _event("end", look.state.to_dict())

    def _new(self, rows: list[EpochRow]) -> list[EpochRow]:
        return [row for row in rows if row.epoch > self._after]

    def _look(self) -> _Look:
        # The state first, so that no row is written after the last look.
        state = describe_run(self._name, self._folder)
        try:
            rows = history_of(self._folder)
            plan = (self._folder / "run.json").stat().st_mtime_ns
        except (TenfoldError, OSError):
            # The state says what is damaged, or says so at the next look.
            rows, plan = [], 0
        return _Look(state, rows, plan)


def _event(kind: str, content: dict[str, object], number: int | None = None) -> bytes:
    """An event of the stream; JSON has no line break, so one line holds it."""
    identity = b"" if number is None else b"id: %d\n" % number
    return b"event: %s\n%sdata: %s\n\n" % (kind.encode(), identity, msgspec.json.encode(content))
