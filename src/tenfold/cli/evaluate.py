"""``tenfold evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli._arguments import AsJson, Data, LabelColumn, TrainedModel
from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.data import DataSet, LabeledImages
    from tenfold.metrics import Evaluation
    from tenfold.models import Model
    from tenfold.records.command import EvaluatePlan


def evaluate(
    model: TrainedModel,
    data: Data = "mnist",
    split: Annotated[str, typer.Option(help="train | valid | test")] = "test",
    label_column: LabelColumn = None,
    as_json: AsJson = False,
    report: Annotated[
        Path | None, typer.Option(help=_("Write a page with figures as well, .html or .md."))
    ] = None,
) -> None:
    """Score a model: loss, accuracy with its interval, each digit, and the confusion matrix."""
    from tenfold.cli._models import trained_file
    from tenfold.data import load_dataset
    from tenfold.metrics import evaluate_probabilities
    from tenfold.models import open_model
    from tenfold.records.command import EvaluatePlan

    loaded = open_model(trained_file(model))
    scored = _split(load_dataset(data, label_column=label_column), split)
    if report is not None:
        plan = EvaluatePlan(
            model=model,
            data=data,
            split=split,
            label_column=label_column,
            report=str(report),
        )
        _write(loaded, scored, report, plan)
    evaluation = evaluate_probabilities(loaded.predict_proba(scored.images), scored.labels)
    if as_json:
        import json

        typer.echo(json.dumps(evaluation.to_dict()))
    else:
        _show(evaluation)


def _write(model: Model, scored: LabeledImages, report: Path, plan: EvaluatePlan) -> None:
    from tenfold.cli._screen import note
    from tenfold.records.command import command_line
    from tenfold.reports import write_evaluation

    write_evaluation(
        model, scored, report, name=plan.data, split=plan.split, command=command_line(plan)
    )
    note(_("Wrote {path}", path=report))


def _split(data: DataSet, name: str) -> LabeledImages:
    """Return a split of ``data``; where it is missing, say how to score one that is there."""
    from tenfold.data import SPLITS
    from tenfold.errors import InputError

    if data.splits and name in SPLITS and name not in (*data.splits, *data.unlabeled):
        raise InputError(
            _(
                "The data set {name} has no {split} images, only {known}; score those: "
                "--split {first}",
                name=data.name,
                split=name,
                known=", ".join(data.splits),
                first=next(iter(data.splits)),
            )
        )
    return data.split(name)


def _show(evaluation: Evaluation) -> None:
    from math import isnan

    from rich.table import Table

    from tenfold.cli._console import Console
    from tenfold.cli._screen import scores_line
    from tenfold.records import Scored

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", style="bold")
    for digit in range(10):
        table.add_column(str(digit), justify="right", no_wrap=True)
    table.add_column(_("recall"), justify="right", no_wrap=True)
    table.add_column(_("precision"), justify="right", no_wrap=True)
    for digit, row in enumerate(evaluation.confusion):
        counts = [_count(int(n), at == digit) for at, n in enumerate(row)]
        shares = (evaluation.recall[digit], evaluation.precision[digit])
        table.add_row(str(digit), *counts, *("·" if isnan(s) else f"{s:.2%}" for s in shares))
    typer.echo(scores_line(Scored.of(evaluation)))
    typer.echo(_("True digit by row, predicted by column:"))
    Console(least=80).print(table)


def _count(number: int, right: bool) -> str:
    if right:
        return f"[green]{number}[/]"
    return f"[red]{number}[/]" if number else "[dim]·[/]"
