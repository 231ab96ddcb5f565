"""Every command, found as the command line finds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from tenfold.cli import build_app


def all_commands(command: Any) -> Iterator[tuple[list[str], Any]]:
    """Yield each command and group with the words that call it."""
    yield from _inside(command, [])


def built() -> Any:
    """Return the command line as it is built for each call."""
    return typer.main.get_command(build_app())


def call(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let calls of the command line use ``command``, which is the same every time."""
    monkeypatch.setattr("tenfold.cli.build_app", lambda: None)
    monkeypatch.setattr("typer.main.get_command", lambda _app: command)


def _inside(command: Any, path: list[str]) -> Iterator[tuple[list[str], Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _inside(inner, [*path, name])
