"""Fetch, convert and look at labeled digits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli._arguments import DataSource, Force, LabelColumn
from tenfold.language import text as _

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from rich.table import Table

    from tenfold.cli._console import Console
    from tenfold.data import DataSet, FoundData, LabeledImages

__all__ = ["app"]

_MAX_GRID = 100

app = typer.Typer(no_args_is_help=True)


@app.command(help=_("Fetch MNIST into the cache, from the nearest place that has it."))
def fetch(
    name: Annotated[str, typer.Argument(help=_("The data set: mnist."))] = "mnist",
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="PATH", help=_("A file or folder to try first.")),
    ] = None,
) -> None:
    """Fetch a data set by name and say where it came from."""
    from tenfold.data.sources import DATASETS, cache_folder
    from tenfold.errors import UnknownNameError

    if name not in DATASETS:
        raise UnknownNameError(_("data set"), name, DATASETS)
    found = _found(name, source)
    typer.echo(_("MNIST, verified, from {origin}.", origin=found.origin))
    typer.echo(_("It is kept in {folder}.", folder=cache_folder()))


@app.command(help=_("Convert labeled digits from one format to another."))
def convert(
    source: DataSource,
    target: Annotated[Path, typer.Argument(help=_("The file or folder to write."))],
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="NAME", help=_("The format; else TARGET's name tells it.")
        ),
    ] = None,
    force: Force = False,
    resize: Annotated[
        bool,
        typer.Option(
            "--resize", help=_("Take pictures of any size; place each digit as MNIST's are.")
        ),
    ] = False,
    label_column: LabelColumn = None,
    invert: Annotated[
        bool, typer.Option("--invert", help=_("Make dark ink on bright paper bright on black."))
    ] = False,
    transpose: Annotated[
        bool, typer.Option("--transpose", help=_("Swap rows and columns, as EMNIST needs it."))
    ] = False,
    stretch: Annotated[
        bool, typer.Option("--stretch", help=_("Scale pixels so that the brightest is 255."))
    ] = False,
) -> None:
    """Load SOURCE and save it as TARGET."""
    from tenfold.data import save

    remedies = {"invert": invert, "transpose": transpose, "stretch": stretch}
    wanted = [name for name, asked in remedies.items() if asked]
    data = _put_right(source, label_column, wanted, resize=resize)
    name = save(data, target, format_name, overwrite=force)
    splits = ", ".join(f"{split} {len(images)}" for split, images in data.splits.items())
    typer.echo(
        _("Wrote {target} ({format}) from {splits}.", target=target, format=name, splits=splits)
    )


@app.command(help=_("Show splits, counts per class, hash and origin."))
def info(
    source: DataSource = "mnist",
    label_column: LabelColumn = None,
) -> None:
    """Print what SOURCE holds."""
    from tenfold.cli._console import Console
    from tenfold.data.sources import is_canonical

    found = _found(source, label_column=label_column)
    console = Console(least=80, highlight=False, soft_wrap=True)
    console.print(
        _("{name} from {origin}", name=found.data.name, origin=found.origin), markup=False
    )
    console.print(_counts(found.data))
    if not found.data.splits:
        return
    console.print("sha256 " + found.data.hash(), markup=False)
    console.print(
        _("These are MNIST's own files, bit for bit.")
        if is_canonical(found.data)
        else _("These are not MNIST's own files bit for bit.")
    )


@app.command(help=_("Draw the first images, or random ones, in the terminal or as a PNG."))
def show(
    source: DataSource = "mnist",
    split: Annotated[
        str | None, typer.Option(help=_("train, valid or test; else the first there is."))
    ] = None,
    grid: Annotated[
        int, typer.Option(min=1, max=_MAX_GRID, help=_("Draw N x N images."), metavar="N")
    ] = 3,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help=_("Write a PNG instead of drawing here.")),
    ] = None,
    random: Annotated[bool, typer.Option("--random", help=_("Choose images at random."))] = False,
    seed: Annotated[int, typer.Option(min=0, help=_("The seed of the random choice."))] = 0,
    index: Annotated[
        int | None, typer.Option(min=0, help=_("Show this image alone, counted from 0."))
    ] = None,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help=_("With --out: one image as it is, 28x28, without its label.")
        ),
    ] = False,
    label_column: LabelColumn = None,
) -> None:
    """Draw a grid of SOURCE's images."""
    from tenfold.data.grids import save_plain_png, save_png
    from tenfold.errors import InputError

    if out is not None and out.suffix.lower() != ".png":
        raise InputError(_("--out: received {name}; expected a name in .png.", name=out.name))
    if plain and out is None:
        raise InputError(_("--plain writes a picture; name it with --out FILE.png."))
    data = _found(source, label_column=label_column).data
    images = data.split(split or next(iter((*data.splits, *data.unlabeled))))
    if not len(images):
        raise InputError(_("There are no images to show in {name}.", name=data.name))
    if index is not None or plain:
        grid = 1
    chosen = _chosen(images, grid * grid, seed if random else None, index)
    if out is not None:
        (save_plain_png if plain else save_png)(chosen, grid, out)
        typer.echo(_("Wrote {path}.", path=out))
    else:
        _draw(chosen, grid)


def _found(
    name: str,
    source: Path | None = None,
    label_column: str | None = None,
    *,
    resize: bool = False,
) -> FoundData:
    """Find a data set, telling on stderr what is tried and done on the way."""
    from tenfold.cli._screen import note
    from tenfold.data import find_dataset

    return find_dataset(name, source=source, report=note, label_column=label_column, resize=resize)


def _put_right(
    source: str, label_column: str | None, remedies: list[str], *, resize: bool
) -> DataSet:
    """Find a data set and apply remedies; what is odd is told as it is afterwards."""
    import warnings

    from tenfold.cli._screen import note
    from tenfold.data.doubts import doubts
    from tenfold.data.remedies import remedied
    from tenfold.errors import DataWarning, UnlabeledWarning

    if not remedies:
        return _found(source, label_column=label_column, resize=resize).data
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        warnings.simplefilter("always", UnlabeledWarning)
        found = _found(source, label_column=label_column, resize=resize)
    data = remedied(found.data, remedies)
    for line in doubts(data):
        note(_("Warning: {message}", message=line))
    return data


def _counts(data: DataSet) -> Table:
    """Return a table of images per split and class."""
    import numpy as np
    from rich.table import Table

    from tenfold.data import CLASSES

    headings = (_("split"), *map(str, range(CLASSES)), _("all"))
    table = Table(*headings, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for column in table.columns[1:]:
        column.justify = "right"
    for name, (_images, labels) in data.splits.items():
        counts = np.bincount(labels, minlength=CLASSES)
        table.add_row(name, *map(str, counts.tolist()), str(len(labels)))
    for name, images in data.unlabeled.items():
        table.add_row(_("{split} without labels", split=name), *[""] * CLASSES, str(len(images)))
    return table


def _chosen(
    images: LabeledImages, count: int, seed: int | None, index: int | None
) -> LabeledImages:
    """Return image ``index``, or ``count`` images: the first, or with a seed random ones."""
    import numpy as np

    from tenfold.errors import InputError

    if index is not None:
        if index >= len(images):
            raise InputError(
                _(
                    "There is no image {index}; expected 0 to {last}.",
                    index=index,
                    last=len(images) - 1,
                )
            )
        return images[index : index + 1]
    if seed is None:
        return images[:count]
    order = np.random.default_rng(seed).permutation(len(images))
    return images[order[:count]]


def _draw(chosen: LabeledImages, grid: int) -> None:
    """Draw in gray half blocks where the terminal has colors, else in ASCII; labels below."""
    from tenfold.cli._console import Console
    from tenfold.data.grids import as_characters, fitted, tiled

    console = Console(highlight=False, soft_wrap=True)
    picture = tiled(fitted(chosen.images, grid, console.width), grid)
    if console.is_terminal and console.color_system and "utf" in console.encoding.lower():
        _draw_half_blocks(console, picture)
    else:
        typer.echo(as_characters(picture))
    for at in range(0, len(chosen), grid):
        typer.echo(" ".join(map(str, chosen.labels[at : at + grid].tolist())))


def _draw_half_blocks(console: Console, picture: npt.NDArray[np.uint8]) -> None:
    from rich.text import Text

    from tenfold.data.grids import as_half_blocks

    for line in as_half_blocks(picture):
        text = Text()
        for upper, lower in line:
            text.append("▀", f"rgb({upper},{upper},{upper}) on rgb({lower},{lower},{lower})")
        console.print(text)
