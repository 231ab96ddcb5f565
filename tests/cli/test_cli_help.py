"""What help pages say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from rich.text import Text

from tenfold.cli import build_app


def commands(command: Any) -> Iterator[Any]:
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from commands(inner)


def test_nothing_in_a_help_page_is_lost_as_markup() -> None:
    # Typer takes "[a sixth]" for a style, and shows nothing.
    seen = 0
    for command in commands(typer.main.get_command(build_app())):
        for parameter in command.params:
            said = getattr(parameter, "help", None) or ""
            assert Text.from_markup(said).plain == said, (command.name, parameter.name)
            seen += bool(said)
    assert seen > 100
