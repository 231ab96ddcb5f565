"""How ``tenfold read`` shows what it read: lines, a table on a terminal, JSON, or step by step."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, final

from tenfold.characters import printable, shortened
from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.reader import Reading

__all__ = ["Objects", "Plain", "ReadingLines", "ReadingTable", "Show"]

_INDENT = "    "


class Show(Protocol):
    """Takes what was read of each picture, in order."""

    def reading(self, path: str, reading: Reading) -> None:
        """Show a reading."""

    def error(self, path: str, message: str) -> None:
        """Show why a picture could not be read."""

    def close(self) -> None:
        """Show what was kept back."""


@final
class ReadingLines:
    """A line for each picture: path, text, confidence, signs; if asked, how it was read."""

    def __init__(self, explained: bool) -> None:
        self._explained = explained

    def reading(self, path: str, reading: Reading) -> None:
        """Print the line at once."""
        words = [printable(path), _text(reading), _percent(reading)]
        words += [*_written(reading), *_left_out(reading)]
        if reading.needs_review:
            words.append(_("for a person"))
        print("  ".join(words), flush=True)
        if self._explained:
            from tenfold.reader.explanation import explain

            width = shutil.get_terminal_size().columns - len(_INDENT)
            for line in _wrapped(explain(reading, width), width):
                print(f"{_INDENT}{line}".rstrip(), flush=True)

    def error(self, path: str, message: str) -> None:  # noqa: ARG002 - the message names it
        """Print the message on stderr."""
        print(printable(shortened(message)), file=sys.stderr, flush=True)

    def close(self) -> None:
        """Nothing is kept back."""


@final
class Plain:
    """The text alone, a line for each picture; empty where nothing was read."""

    def reading(self, path: str, reading: Reading) -> None:  # noqa: ARG002 - scripts know it
        """Print the text at once, the lines of a page with a space between."""
        text = "" if reading.needs_review else reading.text
        print(text.replace("\n", " "), flush=True)

    def error(self, path: str, message: str) -> None:  # noqa: ARG002 - the message names it
        """Print the message on stderr, and an empty line: the lines still tell the pictures."""
        print(flush=True)
        print(printable(message), file=sys.stderr, flush=True)

    def close(self) -> None:
        """Nothing is kept back."""


@final
class Objects:
    """A JSON object and line for each picture, errors too."""

    def __init__(self, explained: bool) -> None:
        self._explained = explained

    def reading(self, path: str, reading: Reading) -> None:
        """Print the object at once."""
        fields: dict[str, Any] = {"path": path, **reading.to_dict()}
        if self._explained:
            from tenfold.reader.explanation import steps

            fields["steps"] = steps(reading)
        print(json.dumps(fields), flush=True)

    def error(self, path: str, message: str) -> None:
        """Print an object that says so."""
        print(json.dumps({"path": path, "error": message}), flush=True)

    def close(self) -> None:
        """Nothing is kept back."""


@final
class ReadingTable:
    """A table of all pictures at the end; errors at once."""

    def __init__(self) -> None:
        self._found: list[tuple[str, Reading]] = []

    def reading(self, path: str, reading: Reading) -> None:
        """Keep the reading."""
        self._found.append((path, reading))

    def error(self, path: str, message: str) -> None:  # noqa: ARG002 - the message names it
        """Print the message on stderr."""
        print(printable(shortened(message)), file=sys.stderr, flush=True)

    def close(self) -> None:
        """Print the table, with columns for signs, what is left out, and a person, if needed."""
        if not self._found:
            return
        from rich.table import Table as RichTable
        from rich.text import Text

        from tenfold.cli._console import Console

        table = RichTable()
        right: dict[str, Any] = {"justify": "right"}
        is_signed = any(reading.transcript != reading.text for _path, reading in self._found)
        is_left_out = any(reading.left_out for _path, reading in self._found)
        table.add_column(_("Picture"), overflow="fold")
        table.add_column(_("Text"), style="bold", overflow="fold")
        table.add_column(_("Confidence"), **right)
        if is_signed:
            table.add_column(_("Written"), overflow="fold")
        if is_left_out:
            table.add_column(_("Left out"), **right)
        is_reviewed = any(reading.needs_review is not None for _path, reading in self._found)
        if is_reviewed:
            table.add_column(_("For a person"))
        for path, reading in self._found:
            cells = [printable(path), _text(reading, "\n"), _percent(reading)]
            if is_signed:
                cells.append(reading.transcript)
            if is_left_out:
                cells.append(str(len(reading.left_out) or ""))
            if is_reviewed:
                cells.append(_("yes") if reading.needs_review else "")
            table.add_row(*map(Text, cells))
        Console().print(table)


def _wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of a text; on a terminal, the long ones go on in a line of their own, indented."""
    if not sys.stdout.isatty():
        yield from text.splitlines()
        return
    from rich.text import Text

    from tenfold.cli._console import Console

    console = Console()
    for line in text.splitlines():
        first, *rest = Text(line).wrap(console, max(20, width - len(_INDENT))) or [Text()]
        yield first.plain
        for more in rest:
            yield _INDENT + more.plain


def _text(reading: Reading, between_lines: str = " / ") -> str:
    if reading.text:
        return reading.text.replace("\n", between_lines)
    if not reading.digits:
        return _("(no digit found)")
    if all(digit.none > 0.5 for digit in reading.digits):
        return _("(refused: looks like no digit)")
    return _("(refused: too doubtful)")


def _written(reading: Reading) -> tuple[str, ...]:
    """What stands there with its signs, where that says more than the text."""
    transcript = reading.transcript
    if transcript == reading.text:
        return ()
    return (_("written: {transcript}", transcript=transcript.replace("\n", " / ")),)


def _left_out(reading: Reading) -> tuple[str, ...]:
    """How many marks the text leaves out; where there is no text, its place says why."""
    from tenfold.reader.mark import left_out_words

    count = len(reading.left_out)
    return (left_out_words(count),) if reading.text and count else ()


def _percent(reading: Reading) -> str:
    if not reading.text:
        return "-"
    from tenfold.reader.confidence import told

    return told(reading)
