"""``tenfold evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli._arguments import AsJson, Data
from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.data import LabelledImages
    from tenfold.metrics import Evaluation
    from tenfold.models import Model


def evaluate(
    model: Annotated[
        Path,
        typer.Argument(
            help=_("A model file, also of Keras; a finished run's folder; or a bundled model.")
        ),
    ],
    data: Data = "mnist",
    split: Annotated[str, typer.Option(help="train | valid | test")] = "test",
    as_json: AsJson = False,
    report: Annotated[
        Path | None, typer.Option(help=_("Write a page with figures as well, .html or .md."))
    ] = None,
) -> None:
    """Score a model: loss, accuracy with its interval, each digit, and the confusion matrix."""
    from tenfold.cli._models import model_file
    from tenfold.data import load_dataset
    from tenfold.metrics import evaluate_probabilities
    from tenfold.models import open_model
    from tenfold.runs import Run

    found = model_file(str(model))
    loaded = open_model(Run(found).model_path if Path(found).is_dir() else found)
    scored = load_dataset(data).split(split)
    if report is not None:
        _write(loaded, scored, report, model, data, split)
    evaluation = evaluate_probabilities(loaded.predict_proba(scored.images), scored.labels)
    if as_json:
        import json

        typer.echo(json.dumps(evaluation.to_dict()))
    else:
        _show(evaluation)


def _write(
    model: Model, scored: LabelledImages, report: Path, path: Path, data: str, split: str
) -> None:
    import shlex

    from tenfold.cli._screen import note
    from tenfold.reports import write_evaluation

    words = ["tenfold", "evaluate", path, "--data", data, "--split", split, "--report", report]
    command = shlex.join(str(word) for word in words)
    write_evaluation(model, scored, report, name=data, split=split, command=command)
    note(_("Wrote {path}", path=report))


def _show(evaluation: Evaluation) -> None:
    from math import isnan

    from rich.console import Console
    from rich.table import Table

    from tenfold.cli._screen import scores_line

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
    typer.echo(scores_line(evaluation.to_dict()))
    typer.echo(_("True digit by row, predicted by column:"))
    Console().print(table)


def _count(number: int, right: bool) -> str:
    if right:
        return f"[green]{number}[/]"
    return f"[red]{number}[/]" if number else "[dim]·[/]"
