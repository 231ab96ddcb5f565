"""``tenfold sweep``."""

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
    RecipeName,
    Subset,
    Threads,
    Workers,
)
from tenfold.language import text as _

if TYPE_CHECKING:
    from rich.table import Table

    from tenfold.cli._experiments import Means
    from tenfold.records.command import SweepPlan
    from tenfold.records.results import Sweep


def sweep(
    recipe: RecipeName,
    settings: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="NAME=VALUES",
            help=_(
                "What to vary: learning_rate=0.001,0.01 or for a search learning_rate=1e-4..1e-1; "
                "conv_blocks or dense_layers for depth. Repeatable."
            ),
        ),
    ],
    search: Annotated[
        int | None,
        typer.Option(
            min=1, help=_("Let Optuna choose so many trials. (default: all combinations)")
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(min=2, help=_("Score by the mean over so many folds. (default: one split)")),
    ] = None,
    validation: Annotated[
        str | None,
        typer.Option(
            metavar="N|SHARE",
            help=_("Training images to hold out, the last: 5000, 10% or 0.1. (default: a sixth)"),
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help=_("Decides weights, order, dropout, and the search."))
    ] = 0,
    data: Data = "mnist",
    label_column: LabelColumn = None,
    folder: Folder = None,
    workers: Workers = None,
    epochs: Epochs = None,
    subset: Subset = None,
    device: Device = "auto",
    precision: Precision = None,
    threads: Threads = 1,
    engine: Engine = "processes",
    as_json: AsJson = False,
) -> None:
    """Train a recipe with many settings, and keep the best as a recipe of its own.

    The test images are not touched. Interrupted at any moment, the same command with --folder
    goes on where it stopped.
    """
    from tenfold.cli._experiments import Means, pairs_in
    from tenfold.data import with_label_column
    from tenfold.records.command import SweepPlan

    plan = SweepPlan(
        recipe=recipe,
        settings=pairs_in(settings),
        search=search,
        folds=folds,
        validation=validation,
        seed=seed,
        data=with_label_column(data, label_column),
        epochs=epochs,
        subset=subset,
        device=device,
        precision=precision,
        threads=threads,
    )
    carry_out(plan, folder, Means(workers, engine), as_json=as_json)


def carry_out(plan: SweepPlan, folder: Path | None, means: Means, *, as_json: bool) -> None:
    """Do what is asked by these means, and show what came of it."""
    from tenfold.cli._experiments import changes_in, going_on
    from tenfold.cli._figures import draw_sweep_figures
    from tenfold.experiments import sweep as run_sweep
    from tenfold.records import numbered_folder

    place = folder or numbered_folder(Path("runs"), "sweep")
    asked = {name: value for name, value in vars(plan).items() if name != "epochs"}
    with going_on("sweep", place):
        found = run_sweep(
            **asked,
            changes=changes_in([], plan.epochs),
            folder=place,
            workers=means.workers,
            engine=means.engine,
        )
    if as_json:
        import json

        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        _show(found, place)
    if found.best is None:
        raise typer.Exit(1)
    draw_sweep_figures(place, found.parameters)


def _show(found: Sweep, place: Path) -> None:
    from tenfold.cli._console import Console
    from tenfold.cli._experiments import say_why
    from tenfold.cli._screen import note

    Console(soft_wrap=True).print(_table(found))
    for trial in found.trials:
        if trial.state == "failed":
            say_why(_("trial {number}", number=trial.number), trial.error)
    note(_("Results: {path}", path=place / "results.json"))
    if found.best is not None:
        typer.echo(
            _(
                "The best is trial {number}. Train it: tenfold train {path}",
                number=found.best,
                path=place / "best.json",
            )
        )


def _table(found: Sweep) -> Table:
    """All trials, the best first."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(_("trial"), justify="right")
    for name in found.parameters:
        table.add_column(name, justify="right")
    for heading in (_("accuracy"), _("loss")):
        table.add_column(heading, justify="right")
    table.add_column("")
    states = {"finished": "", "pruned": _("stopped early"), "failed": _("failed")}
    ranked = sorted(found.trials, key=lambda t: (t.state != "finished", -(t.accuracy or 0.0)))
    for trial in ranked:
        values = [trial.settings.get(name, "") for name in found.parameters]
        table.add_row(
            str(trial.number),
            *(f"{value:.4g}" if isinstance(value, float) else str(value) for value in values),
            "" if trial.accuracy is None else f"{trial.accuracy:.2%}",
            "" if trial.loss is None else f"{trial.loss:.4f}",
            states[trial.state],
            style="bold" if trial.number == found.best else None,
        )
    return table
