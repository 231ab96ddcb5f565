"""``tenfold crossval``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli._arguments import (
    AsJson,
    Data,
    Device,
    Engine,
    Epochs,
    Folder,
    LabelColumn,
    Precision,
    Subset,
    Threads,
    Workers,
)
from tenfold.language import text as _

if TYPE_CHECKING:
    from rich.table import Table

    from tenfold.cli._experiments import Means
    from tenfold.records.command import CrossvalPlan
    from tenfold.records.results import CrossValidation


def crossval(
    recipes: Annotated[
        list[str], typer.Argument(help=_("Recipes by name, or by the path of a recipe file."))
    ],
    folds: Annotated[
        int, typer.Option(min=2, help=_("How many parts; each is held out once and scored."))
    ] = 5,
    repeats: Annotated[
        int, typer.Option(min=1, help=_("How many times the images are cut anew."))
    ] = 1,
    stratified: Annotated[
        bool, typer.Option("--stratified", help=_("Each part holds each digit in the same share."))
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, help=_("Decides the cut: scikit-learn's random_state."))
    ] = 1,
    data: Data = "mnist",
    label_column: LabelColumn = None,
    folder: Folder = None,
    workers: Workers = None,
    epochs: Epochs = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help=_("Set a field of every recipe, such as learning_rate=0.001. Repeatable."),
        ),
    ] = None,
    subset: Subset = None,
    device: Device = "auto",
    precision: Precision = None,
    threads: Threads = 1,
    engine: Engine = "processes",
    as_json: AsJson = False,
) -> None:
    """Score recipes on the same folds of the training images, and compare them pairwise.

    The test images are not touched. Interrupted at any moment, the same command with --folder
    goes on where it stopped.
    """
    from tenfold.cli._experiments import Means, changes_in
    from tenfold.data import with_label_column
    from tenfold.records.command import CrossvalPlan

    plan = CrossvalPlan(
        recipes=tuple(recipes),
        folds=folds,
        repeats=repeats,
        stratified=stratified,
        seed=seed,
        data=with_label_column(data, label_column),
        changes=changes_in(settings or [], epochs),
        subset=subset,
        device=device,
        precision=precision,
        threads=threads,
    )
    carry_out(plan, folder, Means(workers, engine), as_json=as_json)


def carry_out(plan: CrossvalPlan, folder: Path | None, means: Means, *, as_json: bool) -> None:
    """Do what is asked by these means, and show what came of it."""
    from tenfold.cli._experiments import going_on
    from tenfold.cli._figures import draw_crossval_figures
    from tenfold.experiments import crossval as cross_validate
    from tenfold.records import numbered_folder

    place = folder or numbered_folder(Path("runs"), "crossval")
    with going_on("crossval", place):
        found = cross_validate(
            **vars(plan), folder=place, workers=means.workers, engine=means.engine
        )
    if as_json:
        import json

        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        _show(found, place)
    draw_crossval_figures(place, [one.name for one in found.recipes if one.scores])
    if found.failed:
        raise typer.Exit(1)


def _show(found: CrossValidation, place: Path) -> None:
    from tenfold.cli._console import Console
    from tenfold.cli._experiments import say_why
    from tenfold.cli._screen import note

    console = Console(soft_wrap=True)
    console.print(_table(found))
    console.print(_("sd: standard deviation of a sample (divided by n - 1)."), style="dim")
    for comparison in found.comparisons:
        typer.echo(comparison.sentence)
    for failure in found.failed:
        say_why(failure.name, failure.error)
    note(_("Results: {path}", path=place / "results.json"))


def _table(found: CrossValidation) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(_("recipe"))
    table.add_column(_("accuracy of each fold"))
    for heading in (_("mean"), _("sd"), "n", _("loss")):
        table.add_column(heading, justify="right")
    for one in found.recipes:
        each = " ".join(f"{score.accuracy:.2%}" for score in one.scores)
        if one.accuracy is None or one.loss is None:
            table.add_row(f"[bold]{one.name}[/]", each, "", "", "0", "")
            continue
        sd = "" if one.accuracy.sd is None else f"{one.accuracy.sd:.3%}"
        table.add_row(
            f"[bold]{one.name}[/]",
            each,
            f"{one.accuracy.mean:.3%}",
            sd,
            str(one.accuracy.n),
            f"{one.loss.mean:.4f}",
        )
    return table
