"""``tenfold read``: what pictures say."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.cli._passed_over import PassedOver
    from tenfold.cli._readings import Show
    from tenfold.errors import PictureError
    from tenfold.reader import Reader, Reading

    Result: TypeAlias = Reading | PictureError
    Results: TypeAlias = Generator[Result, None, None]

__all__ = ["read"]

# From so many pictures on, a bar shows how far it is.
MANY = 20

# From so many on, a process for each core reads; they take a second to start.
VERY_MANY = 250


def read(
    pictures: Annotated[
        list[str],
        typer.Argument(
            metavar="PICTURE...",
            help=_(
                "Picture files, folders of them, patterns such as '*.png', or - for standard "
                "input; with --out also @list.txt, and addresses such as s3://bucket/photos."
            ),
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help=_(
                "A model that says which digits they are: a file, a run's folder, or champion or "
                "cnn-deep. Tenfold's own finds where they are."
            ),
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("Print one JSON object per picture and line."))
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help=_("Print the text alone, a line for each picture."))
    ] = False,
    layout: Annotated[
        str | None,
        typer.Option(
            metavar="LAYOUT",
            help=_("What each picture holds: digit, line or page. (default: found out)"),
        ),
    ] = None,
    threshold: Annotated[
        float,
        typer.Option(min=0, max=1, help=_("Digits less probable than this are left out.")),
    ] = 0.5,
    at_accuracy: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            min=50,
            max=99.99,
            help=_(
                "Mark for a person what is right with a probability below this, such as 99; "
                "--plain leaves its line empty."
            ),
        ),
    ] = None,
    signs: Annotated[
        str,
        typer.Option(
            metavar="leave|keep",
            help=_(
                "keep: the text has the points, commas and minuses of numbers, as in -3.14; "
                "leave: digits alone."
            ),
        ),
    ] = "leave",
    explain: Annotated[
        bool, typer.Option("--explain", help=_("Show step by step how each picture was read."))
    ] = False,
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT",
            help=_("Write the picture with boxes and labels here: a PNG, or a folder for many."),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=_("Write a table of all pictures here instead: .parquet, .csv or .jsonl."),
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="ENGINE",
            help=_(
                "Who reads for --out: processes, ray (this machine, or the cluster in "
                "RAY_ADDRESS), or ray://HOST:PORT. (default: processes)"
            ),
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help=_("How many read at once for --out. (default: one a core)")),
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help=_("Start over if --out is there already, or begun.")),
    ] = False,
) -> None:
    """Read the handwritten digits and numbers in each picture.

    A picture that cannot be read is named on stderr and the others are still read; the exit code
    is then 1. With --out it stands in the table with its error, and the exit code is 0.
    """
    from tenfold.cli._models import trained_file
    from tenfold.cli._passed_over import PassedOver
    from tenfold.cli._read_table import check_alone, check_options, read_table
    from tenfold.cli._readings import Plain
    from tenfold.reader import Reader

    # What Pillow minds in a picture and reads all the same is nothing to a person who asked.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    check_options(
        {"--engine": engine, "--workers": workers, "--again": again},
        {"--json": as_json, "--plain": plain, "--explain": explain, "--annotate": annotate},
        out=out is not None,
    )
    check_alone("--plain", plain, {"--json": as_json, "--explain": explain})
    # The reader checks what has a name.
    reader = Reader(
        model and trained_file(model),
        layout=layout,  # type: ignore[arg-type]
        threshold=threshold,
        at_accuracy=None if at_accuracy is None else at_accuracy / 100,
        signs=signs,  # type: ignore[arg-type]
    )
    if out is not None:
        read_table(pictures, out, reader, engine or "processes", workers, again)
        return
    passed = PassedOver()
    paths = _expanded(pictures, passed)
    places = None if annotate is None else _places(annotate, paths)
    show = Plain() if plain else _show(as_json, explain)
    failed = _show_all(show, reader, paths, places, explain, as_json or plain)
    passed.tell()
    if failed:
        raise typer.Exit(1)


def _show_all(
    show: Show,
    reader: Reader,
    paths: Sequence[str],
    places: Sequence[Path] | None,
    explain: bool,
    prints: bool,
) -> bool:
    """Read and show one picture after another; return whether any could not be read."""
    failed = False
    try:
        with (
            closing(_results(reader, paths, explain)) as results,
            closing(_progress(results, len(paths), prints or explain)) as watched,
        ):
            for at, result in enumerate(watched):
                out = None if places is None else places[at]
                failed |= not _shown(show, paths[at], result, out)
    finally:
        show.close()
    return failed


def _show(as_json: bool, explain: bool) -> Show:
    from tenfold.cli._readings import Objects, ReadingLines, ReadingTable

    if as_json:
        return Objects(explain)
    return ReadingTable() if sys.stdout.isatty() and not explain else ReadingLines(explain)


def _results(reader: Reader, paths: Sequence[str], explain: bool) -> Results:
    from tenfold.processes import core_count

    workers = core_count() if len(paths) >= VERY_MANY else 1
    return reader.read_many(map(_source, paths), workers=workers, explain=explain)


def _source(path: str) -> str | bytes:
    return _standard_input() if path == "-" else path


@functools.cache
def _standard_input() -> bytes:
    from tenfold.imaging.limits import MAX_BYTES

    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _shown(show: Show, path: str, result: Result, out: Path | None) -> bool:
    """Show one result, and write the picture annotated; return whether it could be read."""
    from tenfold.errors import PictureError

    if not isinstance(result, PictureError) and out is not None:
        try:
            _write_annotated(path, result, out)
        except PictureError as error:
            result = error
    if not isinstance(result, PictureError):
        show.reading(path, result)
        return True
    if path == "-":
        show.error(path, f"-: {result}")
    elif _is_folder(path):
        reason = _("There are no pictures in this folder, or it may not be read.")
        show.error(path, f"{path}: {reason}")
    elif _is_unlike_all(path):
        show.error(path, f"{path}: {_('No file is like this pattern.')}")
    else:
        show.error(path, str(result))
    return False


def _is_folder(path: str) -> bool:
    from tenfold.batch.filesystems import HERE

    # Unlike a Path it takes names of any length.
    return HERE.kind(path) == "folder"


def _is_unlike_all(path: str) -> bool:
    from tenfold.batch.sources import is_pattern

    return is_pattern(path)


def _places(out: Path, paths: Sequence[str]) -> list[Path]:
    """Where each annotated picture goes; none replaces another, or a picture that is read.

    Raises:
        InputError: if ``out`` is one file for several pictures, no PNG, or a picture to be read.
    """
    from tenfold.data.endings import PICTURE_ENDINGS
    from tenfold.errors import InputError

    taken = {Path(path).resolve() for path in paths if path != "-"}
    ending = out.suffix.lower()
    if out.is_dir() or ending not in PICTURE_ENDINGS:
        return [_free_place(out, path, taken) for path in paths]
    if ending != ".png" or len(paths) != 1:
        raise InputError(
            _(
                "Received --annotate {out} for {count} pictures; "
                "expected a .png file for one picture, or a folder.",
                out=out,
                count=len(paths),
            )
        )
    if out.resolve() in taken:
        raise InputError(
            _("--annotate {out} would replace the picture itself; name another file.", out=out)
        )
    return [out]


def _free_place(folder: Path, path: str, taken: set[Path]) -> Path:
    """Return a place in ``folder`` named like the picture, and add it to those ``taken``."""
    stem = "stdin" if path == "-" else Path(path).stem
    number = 1
    place = folder / f"{stem}.png"
    while place.resolve() in taken:
        number += 1
        place = folder / f"{stem}-{number}.png"
    taken.add(place.resolve())
    return place


def _write_annotated(path: str, reading: Reading, out: Path) -> None:
    from tenfold.files import write_whole
    from tenfold.reader.annotation import annotate

    write_whole(out, annotate(_source(path), reading))


def _expanded(sources: Sequence[str], passed: PassedOver) -> list[str]:
    """Put a folder's pictures, sorted by name, in its place, and what is like a pattern in its.

    A folder without any and a pattern that nothing is like stay.
    """
    from tenfold.batch.sources import is_pattern, matching

    expanded: list[str] = []
    for source in sources:
        if is_pattern(source):
            expanded += list(matching(source)) or [source]
        else:
            expanded += _pictures_in(source, passed) or [source]
    return expanded


def _pictures_in(path: str, passed: PassedOver) -> list[str]:
    from tenfold.data.endings import OTHER_ENDINGS, PICTURE_ENDINGS

    try:
        files = [file for file in sorted(Path(path).iterdir()) if file.is_file()]
    except (OSError, ValueError):
        # Not a folder, or none that may be listed: reading it by itself says why.
        return []
    for file in files:
        if file.suffix.lower() in OTHER_ENDINGS:
            passed.add(str(file))
    return [str(file) for file in files if file.suffix.lower() in PICTURE_ENDINGS]


def _progress(results: Iterable[Result], count: int, prints: bool) -> Results:
    """Pass ``results`` through, with a bar on stderr if there are many and somebody watches.

    There is none where lines are printed on the same terminal meanwhile.
    """
    if count < MANY or not sys.stderr.isatty() or (prints and sys.stdout.isatty()):
        yield from results
        return
    from rich.progress import Progress

    from tenfold.cli._console import Console

    # What goes to stdout must stay there, whatever is on stderr.
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        yield from bar.track(results, count, description=_("Reading pictures"))
