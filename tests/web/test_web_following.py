"""A run followed while it goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from _run_folders import start
from tenfold.records import Environment, EpochRow, Run, RunScores, Scored
from tenfold.web import following
from tenfold.web.following import Following


def rows(count: int) -> list[EpochRow]:
    return [EpochRow(epoch=at, step=at, loss=1 / at, accuracy=0.5) for at in range(1, count + 1)]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = Run(tmp_path / "run")
    with made.locked():
        start(made)
    return made


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.01)


def events(pieces: list[bytes]) -> list[tuple[str, Any]]:
    found = []
    for piece in pieces:
        fields = dict(line.split(": ", 1) for line in piece.decode().splitlines() if line)
        content = json.loads(fields["data"])
        assert fields.get("id") == (str(content["epoch"]) if fields["event"] == "row" else None)
        found.append((fields["event"], content))
    return found


def follow(
    run: Run, after: int = 0, then: dict[int, Callable[[], None]] | None = None, **service: Any
) -> list[bytes]:
    """Follow a run with its folder locked as by a training; do things after so many pieces."""
    told: Any = SimpleNamespace(stopping=False, **service)
    pieces: list[bytes] = []

    async def read() -> None:
        async for piece in Following(told, "run", run.folder, after):
            pieces.append(piece)
            (then or {}).get(len(pieces), lambda: None)()

    asyncio.run(asyncio.wait_for(read(), 20))
    return pieces


def test_rows_come_as_they_are_written_and_the_end_last(run: Run) -> None:
    run.write_history(rows(1))
    with run.locked():
        pieces = follow(
            run,
            then={
                1: lambda: run.write_history(rows(3)),
                3: lambda: run.write_scores(RunScores(test=Scored(accuracy=0.9, loss=0.1))),
            },
        )
    found = events(pieces)
    assert [(kind, content.get("epoch")) for kind, content in found] == [
        *[("row", at) for at in (1, 2, 3)],
        ("end", 3),
    ]
    assert found[1][1]["loss"] == 0.5
    assert found[-1][1]["state"] == "finished"
    assert found[-1][1]["accuracy"] == 0.9


def test_what_is_known_is_not_sent_again(run: Run) -> None:
    run.write_history(rows(4))
    found = events(follow(run, after=3))
    assert [content["epoch"] for kind, content in found if kind == "row"] == [4]
    assert found[-1][1]["state"] == "interrupted", "nobody is at work in the folder"


def test_a_run_begun_anew_ends_the_stream(run: Run) -> None:
    run.write_history(rows(2))
    plan = run.plan
    with run.locked():
        found = events(follow(run, then={2: lambda: run.start(plan, Environment())}))
    assert [kind for kind, _content in found] == ["row", "row", "end"]


def test_pings_keep_the_connection_and_a_stop_ends_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PING_SECONDS", 0.02)
    told: Any = SimpleNamespace(stopping=False)

    async def read() -> list[bytes]:
        pieces = []
        async for piece in Following(told, "run", run.folder, 0):
            pieces.append(piece)
            told.stopping = len(pieces) == 3
        return pieces

    with run.locked():
        pieces = asyncio.run(asyncio.wait_for(read(), 20))
    assert pieces == [b": ping\n\n"] * 3


@pytest.mark.parametrize("name", ["run.json", "history.jsonl"])
def test_damage_on_the_way_ends_the_stream_and_is_told(run: Run, name: str) -> None:
    run.write_history(rows(1))
    with run.locked():
        pieces = follow(run, then={1: lambda: (run.folder / name).write_text("{") and None})
    kind, content = events(pieces)[-1]
    assert kind == "end"
    assert content["state"] in ("damaged", "running")


def test_a_folder_that_goes_away_ends_the_stream(run: Run) -> None:
    import shutil

    run.write_history(rows(1))
    with run.locked():
        pieces = follow(run, then={1: lambda: shutil.rmtree(run.folder)})
    assert events(pieces)[-1][1]["state"] == "damaged"
