"""``tenfold reproduce``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli._arguments import AsJson, Data, Engine, Folder, LabelColumn, Workers
from tenfold.language import text as _

if TYPE_CHECKING:
    from rich.table import Table

    from tenfold.cli._experiments import Means
    from tenfold.records.command import ReproducePlan
    from tenfold.records.results import Seeds


def reproduce(
    recipes: Annotated[
        list[str] | None,
        typer.Argument(
            help=_("Train these as written, with several seeds. (default: the four tutorials)")
        ),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, help=_("How many seeds for each recipe. (default: 3)"))
    ] = None,
    folder: Folder = None,
    data: Data = "mnist",
    label_column: LabelColumn = None,
    pages: Annotated[
        Path | None, typer.Option(help=_("Where the two pages go. (default: the folder)"))
    ] = None,
    workers: Workers = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help=_("For a quick trial of the machinery only."))
    ] = None,
    subset: Annotated[
        int | None, typer.Option(min=100, help=_("For a quick trial of the machinery only."))
    ] = None,
    engine: Engine = "processes",
    as_json: AsJson = False,
) -> None:
    """Run the experiments of the four tutorials and write published beside measured.

    With recipes, train those with several seeds instead, and score the test images.
    """
    from tenfold.cli._experiments import Means
    from tenfold.data import with_label_column
    from tenfold.errors import InputError
    from tenfold.records.command import ReproducePlan

    if recipes and pages is not None:
        raise InputError(_("Received recipes and --pages; expected one of them."))
    if not recipes and (seeds is not None or as_json):
        option = "--json" if seeds is None else "--seeds"
        raise InputError(_("Received {option} without a recipe; expected one.", option=option))
    plan = ReproducePlan(
        recipes=tuple(recipes or ()),
        seeds=3 if recipes and seeds is None else seeds,
        data=with_label_column(data, label_column),
        epochs=epochs,
        subset=subset,
    )
    carry_out(plan, folder, Means(workers, engine), pages=pages, as_json=as_json)


def carry_out(
    plan: ReproducePlan,
    folder: Path | None,
    means: Means,
    *,
    pages: Path | None,
    as_json: bool,
) -> None:
    """Do what is asked by these means, and show what came of it."""
    from tenfold.cli._experiments import going_on
    from tenfold.records import numbered_folder

    if plan.recipes:
        place = folder or numbered_folder(Path("runs"), "seeds")
        with going_on("reproduce", place):
            _seeds(plan, place, means, as_json=as_json)
        return
    place = folder or Path("runs/reproduction")
    with going_on("reproduce", place):
        _tutorials(plan, place, means, pages or place)


def _tutorials(plan: ReproducePlan, place: Path, means: Means, pages: Path) -> None:
    from tenfold.cli._figures import draw_run_figures
    from tenfold.cli._screen import note
    from tenfold.experiments import reproduce as run
    from tenfold.files import write_whole
    from tenfold.language import current_language, set_language
    from tenfold.records import Run, describe_environment
    from tenfold.reports.reproduction import reproduction_page

    results = run(
        place,
        plan.data,
        workers=means.workers,
        epochs=plan.epochs,
        subset=plan.subset,
        engine=means.engine,
    )
    for name in ("cnn-deep", "mlp-128", "mlp-sigmoid"):
        for path in draw_run_figures(Run(place / name)):
            note(_("Drew {path}", path=path))
    before = current_language()
    try:
        for code, name in (("en", "reproduction.md"), ("zh", "reproduction.zh-CN.md")):
            set_language(code)
            page = pages / name
            write_whole(page, reproduction_page(results, describe_environment()))
            typer.echo(page)
    finally:
        set_language(before)


def _seeds(plan: ReproducePlan, place: Path, means: Means, *, as_json: bool) -> None:
    from tenfold.cli._experiments import say_why
    from tenfold.cli._screen import note
    from tenfold.experiments import train_seeds

    assert plan.seeds is not None
    found = train_seeds(
        plan.recipes,
        plan.data,
        count=plan.seeds,
        folder=place,
        workers=means.workers,
        epochs=plan.epochs,
        subset=plan.subset,
        engine=means.engine,
    )
    if as_json:
        import json

        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        from tenfold.cli._console import Console

        console = Console(soft_wrap=True)
        console.print(_table(found))
        console.print(_("sd: standard deviation of a sample (divided by n - 1)."), style="dim")
        note(_("Results: {path}", path=place / "results.json"))
    for name, reason in found.failed.items():
        say_why(name, reason)
    if found.failed:
        raise typer.Exit(1)


def _table(found: Seeds) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(_("recipe"))
    table.add_column(_("published"))
    table.add_column(_("test accuracy of each seed"))
    for heading in (_("mean"), _("sd"), "n"):
        table.add_column(heading, justify="right")
    for one in found.recipes:
        each = " ".join(f"{score.accuracy:.2%}" for score in one.scores)
        mean = f"{one.accuracy.mean:.3%}" if one.accuracy else ""
        sd = f"{one.accuracy.sd:.3%}" if one.accuracy and one.accuracy.sd is not None else ""
        count = str(len(one.scores))
        table.add_row(f"[bold]{one.name}[/]", one.claim, each, mean, sd, count)
    return table
