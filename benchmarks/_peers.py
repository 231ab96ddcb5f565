"""The near side of a comparison: starts contenders, each a process of its own, and asks them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, final

__all__ = ["HERE", "OURS", "Contender", "ContenderError", "Field"]

HERE = Path(__file__).parent
OURS = Path(sys.executable)


class ContenderError(Exception):
    """A contender that could not start, or that died; says why."""


@final
class Contender:
    """A script of this folder, in an interpreter of its own, that answers commands."""

    def __init__(
        self,
        python: Path | None,
        script: str,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it and wait for its greeting.

        Raises:
            ContenderError: if there is no interpreter, or it ends before it greets.
        """
        if python is None or not python.exists():
            what = f"there is no {python}" if python else "no interpreter was given"
            raise ContenderError(f"{what}; see benchmarks/requirements.txt and --python")
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by close()
        self._process = subprocess.Popen(
            [str(python), str(HERE / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.greeting: dict[str, Any] = self._answer()

    def ask(self, name: str, *arguments: Any) -> Any:
        """Have a command done and return its answer.

        Raises:
            ContenderError: if the process died.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps([name, *arguments]) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # What it said before it died is told below.
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        self._process.wait()
        self._log.seek(0)
        said = self._log.read().strip().splitlines()[-1:] or ["it said nothing"]
        self.close()
        raise ContenderError(f"it ended with code {self._process.returncode}: {said[0]}")

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                stream.close()


@final
class Field:
    """The contenders of a row, by name; who cannot start or dies is left out, with the reason."""

    def __init__(self) -> None:
        self.there: dict[str, Contender] = {}
        self.left_out: list[str] = []
        self._stack = ExitStack()

    def __enter__(self) -> Field:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def enter(
        self,
        name: str,
        python: Path | None,
        script: str,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start a contender."""
        try:
            contender = Contender(python, script, arguments, environment)
        except ContenderError as error:
            self.left_out.append(f"{name}: {error}")
            return
        self._stack.callback(contender.close)
        self.there[name] = contender

    def ask(self, name: str, *command: Any) -> Any:
        """Return the answer of a contender, or None if it died of it or is not there."""
        if name not in self.there:
            return None
        try:
            return self.there[name].ask(*command)
        except ContenderError as error:
            self.left_out.append(f"{name}: {error}")
            del self.there[name]
            return None
