"""The runs, their histories, live while one trains, and their reports."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import Annotated, Any, TypeAlias, final

import msgspec
from fastapi import APIRouter, Header, Query, Response
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import BaseModel, Field

from tenfold.language import current_language
from tenfold.language import text as _
from tenfold.web.following import Following
from tenfold.web.problems import Busy, Problem
from tenfold.web.run_folders import FILES, bounded, describe_run, find_runs, history_of
from tenfold.web.service import Service

__all__ = ["router"]

MOST_STREAMS = 32
MOST_REPORTS = 4

REPORT_POLICY = "; ".join(
    (
        # Styles and pictures are inside the page; it has no script and asks nobody for anything.
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

STREAM_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""The second keeps a proxy from holding events back."""

Name = Annotated[str, InPath(min_length=1, max_length=500, description='A run, "~" for "/".')]
Stamp: TypeAlias = "tuple[object, ...]"


class RunObject(BaseModel):
    """How a run is."""

    name: str = Field(examples=["cnn-deep-1"])
    recipe: str | None
    state: str = Field(description="running, finished, interrupted or damaged")
    epoch: int | None = Field(description="Epochs done.")
    epochs: int | None
    accuracy: float | None
    loss: float | None
    started: str | None = Field(description="ISO 8601, UTC.")
    detail: str | None = Field(description="What is damaged.")


class RunsObject(BaseModel):
    """All runs, the newest first."""

    runs: list[RunObject]


class RowObject(BaseModel):
    """One epoch."""

    epoch: int
    step: int
    loss: float | None
    accuracy: float | None
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float | None
    images_per_second: float | None


class RunWithHistory(RunObject):
    """How a run is and how it came there."""

    history: list[RowObject]


EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events row, one an epoch, and end; each has JSON in its data.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    204: {"description": "The run has ended and nothing is new: do not ask again."},
}
REPORT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A page that needs nothing else.",
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
}


def router(service: Service) -> APIRouter:
    """Return the routes of runs."""
    routes = APIRouter(prefix="/api/runs", tags=["runs"])
    streams: weakref.WeakSet[Following] = weakref.WeakSet()
    reports = _Reports()

    @routes.get("", summary="List runs", response_model=RunsObject)
    async def runs() -> Response:
        """List the run folders inside the folder of models, and how each run is."""
        return _json(await service.run(_listed, service.settings.models))

    @routes.get("/{name}", summary="Show a run", response_model=RunWithHistory)
    async def run(name: Name) -> Response:
        """Show how a run is, and its history, a row an epoch."""
        return _json(await service.run(_shown, service.settings.models, name))

    @routes.get(
        "/{name}/events", summary="Follow a run", response_class=StreamingResponse, responses=EVENTS
    )
    async def events(
        name: Name,
        after: Annotated[int, Query(ge=0, lt=2**31, description="Epochs known already.")] = 0,
        last_event_id: Annotated[str, Header(max_length=100)] = "",
    ) -> Response:
        """Send a run's epochs as they end, until the run does."""
        if len(streams) >= MOST_STREAMS:
            raise Busy
        folder = await service.run(_folder, service.settings.models, name)
        again = last_event_id.isascii() and last_event_id.isdigit()
        known = max(after, min(int(last_event_id), 2**31)) if again else after
        following = Following(service, name, folder, known)
        if again and await following.is_over():
            # With this a browser does not connect again.
            return Response(status_code=204)
        streams.add(following)
        return StreamingResponse(
            aiter(following), headers=STREAM_HEADERS, media_type="text/event-stream"
        )

    @routes.get(
        "/{name}/report", summary="Report on a run", response_class=HTMLResponse, responses=REPORT
    )
    async def report(name: Name) -> Response:
        """Write a page on a run: scores, curves, figures, data, machine, how to do it again."""
        folder = await service.run(_folder, service.settings.models, name)
        async with reports.turn:
            page = await service.run(reports.page, folder)
        return HTMLResponse(page, headers={"Content-Security-Policy": REPORT_POLICY})

    return routes


@final
class _Reports:
    """Writes reports one at a time, for figures are drawn by one thread only; keeps the last."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self._drawing = threading.Lock()
        self._kept: OrderedDict[Stamp, bytes] = OrderedDict()

    def page(self, folder: Path) -> bytes:
        """Return the report on a run's folder, in the language in force.

        Raises:
            Busy: if another that was given up is still being written.
            TenfoldError: as ``write_report`` does.
        """
        from tenfold.reports import write_report

        stamp = _stamp(folder)
        if not self._drawing.acquire(blocking=False):
            raise Busy
        try:
            if stamp not in self._kept:
                with bounded(folder), tempfile.TemporaryDirectory() as place:
                    path = write_report([folder], Path(place) / "report.html")
                    self._kept[stamp] = path.read_bytes()
                while len(self._kept) > MOST_REPORTS:
                    self._kept.popitem(last=False)
            return self._kept[stamp]
        finally:
            self._drawing.release()


def _listed(root: Path) -> dict[str, object]:
    found = [describe_run(name, folder) for name, folder in find_runs(root).items()]
    found.sort(key=lambda run: (run.started or "", run.name), reverse=True)
    return {"runs": [run.to_dict() for run in found]}


def _shown(root: Path, name: str) -> dict[str, object]:
    folder = _folder(root, name)
    run = describe_run(name, folder)
    rows = [] if run.state == "damaged" else history_of(folder)
    return {**run.to_dict(), "history": msgspec.to_builtins(rows)}


def _folder(root: Path, name: str) -> Path:
    """The folder of a run that was found by looking; a name is never made a path."""
    found = find_runs(root).get(name)
    if found is None:
        raise Problem(404, "unknown-name", _("There is no run named {name!r}.", name=name))
    return found


def _stamp(folder: Path) -> Stamp:
    """What tells a run's report from an earlier one."""
    times = []
    for name in FILES:
        try:
            times.append((folder / name).stat().st_mtime_ns)
        except OSError:
            # Not every run has all of them.
            times.append(0)
    return (folder, current_language(), *times)


def _json(content: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
