"""Every command, found as the command line finds them, and called in this process."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol
from unittest import mock

import pytest
import typer

from tenfold.cli import build_app, main
from tenfold.language import set_language


class Ended(NamedTuple):
    """What a command came to: its exit code, and what it printed."""

    code: int
    out: str
    err: str


class Tenfold(Protocol):
    """The fixture ``tenfold``: words as they are typed, and what stands on standard input."""

    def __call__(self, *words: object, stdin: bytes = b"") -> Ended: ...


def exit_code(*words: object) -> int:
    """Run a command on the streams that are there; return its exit code."""
    try:
        with pytest.raises(SystemExit) as stopped:
            main([str(word) for word in words])
    finally:
        # What --lang chose is for this command alone.
        set_language(None)
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def run_command(*words: object, stdin: bytes = b"") -> Ended:
    """Run a command; return its exit code, stdout and stderr."""
    out, err = _stream(), _stream()
    with mock.patch.multiple("sys", stdin=_stream(stdin), stdout=out, stderr=err):
        code = exit_code(*words)
    return Ended(code, _content(out), _content(err))


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


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), "utf-8", newline="", write_through=True)


def _content(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def _inside(command: Any, path: list[str]) -> Iterator[tuple[list[str], Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _inside(inner, [*path, name])
