"""``tenfold draw``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenfold.language import text as _


def draw(
    figure: Annotated[str, typer.Argument(help=_("The figure's name; see docs/figures.md."))],
    source: Annotated[
        str,
        typer.Argument(
            help=_("A run, a folder of runs, a model file, a recipe, a data set or a picture.")
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=_("A .png, .svg or .pdf file. (default: FIGURE.png)")),
    ] = None,
    data: Annotated[
        str | None, typer.Option(help=_("Other labeled images to score the model on."))
    ] = None,
    split: Annotated[
        str | None, typer.Option(help=_("train, valid or test; else what suits the source."))
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help=_("The picture to look at, or to mark on a map."))
    ] = None,
    index: Annotated[
        int, typer.Option(min=0, help=_("Without --picture: which image to look at, from 0."))
    ] = 0,
    digit: Annotated[
        int | None,
        typer.Option(
            min=0, max=9, help=_("For saliency: whose logit. (default: the predicted digit's)")
        ),
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="tsne|pca", help=_("How a map places digits."))
    ] = "tsne",
    count: Annotated[
        int, typer.Option(min=4, max=20_000, help=_("How many digits a map holds."))
    ] = 2000,
    seed: Annotated[int, typer.Option(min=0, help=_("The seed of a map's random choice."))] = 0,
    recipe: Annotated[
        str | None, typer.Option(help=_("Which recipe of a folder of several runs."))
    ] = None,
    parameter: Annotated[str | None, typer.Option(help=_("Which parameter of a sweep."))] = None,
    side: Annotated[
        int | None, typer.Option(min=1, help=_("Images in a row, where a figure is a grid."))
    ] = None,
) -> None:
    """Draw any figure from a run, a folder of runs, a model, a recipe, a data set or a picture."""
    from tenfold.cli._sources import Choices, draw_from, open_source
    from tenfold.figures import find_figure, save

    function = find_figure(figure)
    choices = Choices(
        data=data,
        split=split,
        picture=picture,
        index=index,
        digit=digit,
        method=method,
        count=count,
        seed=seed,
        recipe=recipe,
        parameter=parameter,
        side=side,
    )
    target = out or Path(f"{figure}.png")
    path = save(draw_from(open_source(source, choices), figure, function), target)
    typer.echo(_("Drew {path}", path=path))
