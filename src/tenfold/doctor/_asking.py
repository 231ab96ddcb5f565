"""Questions put to another Python process, which may fail in any way without harm to this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tenfold.language import current_language
from tenfold.language import text as _

__all__ = ["SECONDS", "Answer", "ask", "installed"]

SECONDS = 120
"""How long an answer may take. Importing a large library from a slow disk takes a while."""

_LONGEST = 200

# Libraries may print what they like: the answer is the last line, behind a mark.
_PROGRAM = """
import importlib, json, sys
module, name, given = sys.argv[1:]
answer = getattr(importlib.import_module(module), name)(*json.loads(given))
print("\\n" + "\\x1e" + json.dumps(answer), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Args:
        value: plain data, if the other process answered.
        problem: why it did not, in words; empty if it did.
    """

    value: Any = None
    problem: str = ""


def ask(module: str, name: str, *given: object, seconds: float = SECONDS) -> Answer:
    """Call a function in a process of its own, in the user's environment.

    Args:
        module: where the function is.
        name: of the function; it takes and returns plain JSON data.
        given: its arguments.
        seconds: how long it may take.
    """
    # -P: a file that happens to lie in the current folder is no library.
    command = [sys.executable, "-P", "-c", _PROGRAM, module, name, json.dumps(given)]
    try:
        done = subprocess.run(
            command,
            env=os.environ | {"TENFOLD_LANG": current_language(), "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(problem=_("no answer in {seconds:g} seconds", seconds=seconds))
    except OSError as error:
        return Answer(problem=str(error))
    last = done.stdout.rpartition("\x1e")[2] if "\x1e" in done.stdout else ""
    if done.returncode == 0 and last:
        return Answer(json.loads(last))
    return Answer(problem=_last_words(done))


def installed(package: str) -> bool:
    """Return whether there is a package of this import name, without importing it."""
    from importlib.util import find_spec

    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):
        return True


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    """The error that ended a process, or the signal."""
    if done.returncode < 0:
        return _("it was ended by signal {number}", number=-done.returncode)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return lines[-1][:_LONGEST] if lines else _("exit code {code}", code=done.returncode)
