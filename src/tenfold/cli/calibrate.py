"""``tenfold calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli._arguments import AsJson, Data, LabelColumn, TrainedModel
from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.models.calibrating import Fit

__all__ = ["calibrate"]


def calibrate(
    model: TrainedModel,
    data: Data = "mnist",
    label_column: LabelColumn = None,
    split: Annotated[
        str | None,
        typer.Option(
            metavar="train|valid|test",
            help=_("Which of its images. (default: valid, else test)"),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.onnx",
            help=_(
                "Where to; naming the model itself replaces it. (default: MODEL-calibrated.onnx)"
            ),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a model's confidence hold when it reads, by labeled images it was not trained on.

    Fits one number, the temperature of the softmax, and keeps it in the model's card. No digit
    is read otherwise by it.
    """
    from tenfold.cli._models import trained_file
    from tenfold.cli._screen import note
    from tenfold.data import with_label_column
    from tenfold.models import calibrating

    source = with_label_column(data, label_column)
    path, fit = calibrating.calibrate(trained_file(model), source, split, out)
    if as_json:
        import json

        typer.echo(json.dumps({"path": str(path), **fit.to_dict()}))
        return
    _show(fit)
    note(_("Wrote {path}", path=path))


def _show(fit: Fit) -> None:
    typer.echo(
        _(
            "Temperature {temperature}, fitted to {count} images",
            temperature=f"{fit.temperature:g}",
            count=f"{fit.fitted_on:,}",
        )
    )
    typer.echo(
        _(
            "Expected calibration error {before} before, {after} after, on {count} others",
            before=f"{fit.error_before:.2%}",
            after=f"{fit.error_after:.2%}",
            count=f"{fit.checked_on:,}",
        )
    )
