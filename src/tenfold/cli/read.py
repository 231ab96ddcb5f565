"""``tenfold read``: what pictures say."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.reader import Reader, Reading

__all__ = ["read"]

# Endings of the files that are read out of a folder; a file named by itself may have any.
PICTURE_ENDINGS = (
    *(".avif", ".bmp", ".gif", ".j2k", ".jp2", ".jpeg", ".jpg", ".pbm"),
    *(".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
)

# From so many pictures on, a bar shows how far it is.
MANY = 20


def read(
    pictures: Annotated[
        list[str],
        typer.Argument(
            metavar="PICTURE...", help=_("Picture files, folders of them, or - for standard input.")
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.onnx", help=_("A model to read with instead of the bundled one.")
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("Print one JSON object per picture and line."))
    ] = False,
) -> None:
    """Read the handwritten digit in each picture.

    A picture that cannot be read is named on stderr and the others are still read; the exit code
    is then 1.
    """
    from tenfold.reader import Reader

    reader = Reader(model)
    failed = False
    found: list[tuple[str, Reading]] = []
    is_table = not as_json and sys.stdout.isatty()
    for path in _progress(_expanded(pictures)):
        result = _read_one(reader, path)
        failed |= isinstance(result, str)
        if as_json:
            fields = {"error": result} if isinstance(result, str) else result.to_dict()
            print(json.dumps({"path": path, **fields}), flush=True)
        elif isinstance(result, str):
            print(_printable(result), file=sys.stderr, flush=True)
        elif is_table:
            found.append((path, result))
        else:
            print("  ".join(_row(path, result)), flush=True)
    if found:
        _print_table(found)
    if failed:
        raise typer.Exit(1)


def _read_one(reader: Reader, path: str) -> Reading | str:
    """Read the picture at ``path``, "-" being standard input; return a message if that fails."""
    from tenfold.errors import PictureError
    from tenfold.imaging.limits import MAX_BYTES

    try:
        if path == "-":
            return reader.read(sys.stdin.buffer.read(MAX_BYTES + 1))
        if Path(path).is_dir():
            return f"{path}: " + _("There are no pictures in this folder, or it may not be read.")
        return reader.read(path)
    except PictureError as error:
        return f"-: {error}" if path == "-" else str(error)


def _expanded(paths: Sequence[str]) -> list[str]:
    """Put a folder's pictures, sorted by name, in its place; one without any stays."""
    expanded: list[str] = []
    for path in paths:
        expanded += _pictures_in(path) or [path]
    return expanded


def _pictures_in(path: str) -> list[str]:
    try:
        files = sorted(Path(path).iterdir())
    except (OSError, ValueError):
        # Not a folder, or none that may be listed: reading it by itself says why.
        return []
    return [str(f) for f in files if f.suffix.lower() in PICTURE_ENDINGS and f.is_file()]


def _progress(paths: list[str]) -> Iterator[str]:
    """Pass ``paths`` through, with a bar on stderr if there are many and somebody watches."""
    if len(paths) < MANY or not sys.stderr.isatty():
        yield from paths
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(paths, _("Reading pictures"), console=Console(stderr=True), transient=True)


def _row(path: str, reading: Reading) -> tuple[str, str, str]:
    if not reading.digits:
        return _printable(path), _("(no digit found)"), "-"
    # Cut, not rounded, so that 100% is never shown for less.
    percent = int(reading.confidence * 1000) / 10
    return _printable(path), reading.text, f"{percent:.1f}%"


def _print_table(found: list[tuple[str, Reading]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    right: dict[str, Any] = {"justify": "right"}
    table.add_column(_("Picture"), overflow="fold")
    table.add_column(_("Text"), style="bold")
    table.add_column(_("Confidence"), **right)
    for path, reading in found:
        table.add_row(*map(Text, _row(path, reading)))
    Console().print(table)


def _printable(path: str) -> str:
    """A file's name as it may be shown: what is no character, or moves the cursor, is replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in path)
