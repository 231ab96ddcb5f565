"""Where a command's output goes: any encoding, a full disk, a reader that has gone.

Results on stdout have to arrive, so a failure to write them is kept and ends the command. Remarks
on stderr need not: where they cannot be written, the work goes on without.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO, cast, final

from tenfold.characters import escaped, in_json

__all__ = ["Guarded", "standard_streams"]

_ERRORS = "tenfold.shown"

# What stands for characters of ours that an encoding lacks, where something like them is in ASCII.
_LIKE = {
    "×": "x",
    "·": ".",
    "•": "*",
    "●": "*",
    "…": "...",
    "–": "-",
    "—": "-",
    "−": "-",
    "±": "+/-",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "█": "#",
    "▀": "^",
    "━": "-",
    "╸": "-",
    "╺": "-",
    "‘": "'",
    "’": "'",
    # Not the double one, which would end a string of JSON.
    "“": "'",
    "”": "'",
    "\N{NO-BREAK SPACE}": " ",
    "\N{IDEOGRAPHIC SPACE}": "  ",
    "\N{REPLACEMENT CHARACTER}": "?",
}

# Line breaks and tabs move the cursor, but are meant.
_KEPT = "\n\r\t"


@final
class Guarded:
    """A text stream whose failures are kept, and after the first of which nothing is tried again.

    It has no ``buffer``, by which Click would write past it.
    """

    def __init__(self, stream: TextIO, *, must_arrive: bool) -> None:
        self._stream = stream
        self._must_arrive = must_arrive
        self.failure: OSError | None = None

    def write(self, text: str) -> int:
        """Write ``text`` as it is."""
        with self._kept():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand over what was written."""
        with self._kept():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":
            raise AttributeError(name)
        return getattr(self._stream, name)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failure = self.failure or error
            _divert(self._stream)
            if self._must_arrive:
                raise


@final
class _Shown:
    """A stream in which nothing is left that could direct a terminal.

    Rich, whose colors do that, finds the stream beneath by the name ``rich_proxied_file``.
    """

    def __init__(self, stream: Guarded) -> None:
        self.rich_proxied_file = stream

    def write(self, text: str) -> int:
        """Write ``text``, what may not be shown escaped."""
        self.rich_proxied_file.write(escaped(text, kept=_KEPT))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rich_proxied_file, name)


@contextmanager
def standard_streams() -> Iterator[Guarded]:
    """Put streams in place that show all characters somehow, and yield the one for results."""
    before = sys.stdin, sys.stdout, sys.stderr
    _occupy_numbers()
    with ExitStack() as stack:
        out = Guarded(stack.enter_context(_able(sys.stdout, os.O_RDONLY)), must_arrive=True)
        err = Guarded(stack.enter_context(_able(sys.stderr, os.O_WRONLY)), must_arrive=False)
        if sys.stdin is None:
            sys.stdin = stack.enter_context(Path(os.devnull).open(encoding="utf-8"))
        sys.stdout, sys.stderr = cast(TextIO, _Shown(out)), cast(TextIO, _Shown(err))
        try:
            yield out
        finally:
            with suppress(OSError):
                out.flush()
            err.flush()
            sys.stdin, sys.stdout, sys.stderr = before


@contextmanager
def _able(stream: TextIO | None, access: int) -> Iterator[TextIO]:
    """A stream that takes every character; for one that is closed, the null device's.

    Opened for reading alone, that one refuses what is written, as a closed one would.
    """
    if stream is None:
        with os.fdopen(os.open(os.devnull, access), "w", encoding="utf-8") as null:
            yield null
        return
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        yield stream
        return
    errors = stream.errors
    reconfigure(errors=_ERRORS)
    try:
        yield stream
    finally:
        with suppress(OSError, ValueError):
            reconfigure(errors=errors)


def _occupy_numbers() -> None:
    """Give the numbers of closed streams to the null device, lest a file be opened as stdout."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)


def _divert(stream: TextIO) -> None:
    """Let what is still kept for ``stream`` go nowhere, so that the last flush does not fail."""
    with suppress(OSError, ValueError):
        number = os.open(os.devnull, os.O_WRONLY)
        os.dup2(number, stream.fileno())
        os.close(number)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Replace characters that an encoding lacks by like ones, else as JSON writes them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_LIKE.get(c) or in_json(c) for c in lacking), error.end


codecs.register_error(_ERRORS, _nearest)
