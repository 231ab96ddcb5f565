"""Fetch, convert and look at labelled digits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.language import text as _

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from rich.table import Table

    from tenfold.cli._console import Console
    from tenfold.data import DataSet, Found, LabelledImages

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


@app.command(help=_("Convert labelled digits from one format to another."))
def convert(
    source: Annotated[str, typer.Argument(help=_("A file, a folder, mnist, or corrections."))],
    target: Annotated[Path, typer.Argument(help=_("The file or folder to write."))],
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="NAME", help=_("The format; else TARGET's name tells it.")
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help=_("Replace TARGET where it exists."))
    ] = False,
) -> None:
    """Load SOURCE and save it as TARGET."""
    from tenfold.data import save

    data = _found(source).data
    name = save(data, target, format_name, overwrite=force)
    splits = ", ".join(f"{split} {len(images)}" for split, images in data.splits.items())
    typer.echo(
        _("Wrote {target} ({format}) from {splits}.", target=target, format=name, splits=splits)
    )


@app.command(help=_("Show splits, counts per class, hash and origin."))
def info(
    source: Annotated[
        str, typer.Argument(help=_("A file, a folder, mnist, or corrections."))
    ] = "mnist",
) -> None:
    """Print what SOURCE holds."""
    from tenfold.cli._console import Console
    from tenfold.data.sources import is_canonical

    found = _found(source)
    console = Console(least=80, highlight=False, soft_wrap=True)
    console.print(
        _("{name} from {origin}", name=found.data.name, origin=found.origin), markup=False
    )
    console.print(_counts(found.data))
    console.print("sha256 " + found.data.hash(), markup=False)
    console.print(
        _("These are MNIST's own files, bit for bit.")
        if is_canonical(found.data)
        else _("These are not MNIST's own files bit for bit.")
    )


@app.command(help=_("Draw the first images, or random ones, in the terminal or as a PNG."))
def show(
    source: Annotated[
        str, typer.Argument(help=_("A file, a folder, mnist, or corrections."))
    ] = "mnist",
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
) -> None:
    """Draw a grid of SOURCE's images."""
    from tenfold.data.grids import save_png
    from tenfold.errors import InputError

    if out is not None and out.suffix.lower() != ".png":
        raise InputError(_("--out: received {name}; expected a name in .png.", name=out.name))
    data = _found(source).data
    images = data.split(split or next(iter(data.splits)))
    if not len(images):
        raise InputError(_("There are no images to show in {name}.", name=data.name))
    chosen = _chosen(images, grid * grid, seed if random else None)
    if out is not None:
        save_png(chosen, grid, out)
        typer.echo(_("Wrote {path}.", path=out))
    else:
        _draw(chosen, grid)


def _found(name: str, source: Path | None = None) -> Found:
    """Find a data set, telling on stderr what is tried on the way."""
    from tenfold.data import find_dataset

    return find_dataset(name, source=source, report=lambda line: typer.echo(line, err=True))


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
    return table


def _chosen(images: LabelledImages, count: int, seed: int | None) -> LabelledImages:
    """Return the first ``count`` images, or as many at random where a seed is given."""
    import numpy as np

    if seed is None:
        return images[:count]
    order = np.random.default_rng(seed).permutation(len(images))
    return images[order[:count]]


def _draw(chosen: LabelledImages, grid: int) -> None:
    """Draw in grey half blocks where the terminal has colors, else in ASCII; labels below."""
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
