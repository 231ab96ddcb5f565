"""``tenfold predict``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenfold.cli._arguments import Force, LabelColumn, TrainedModel
from tenfold.language import text as _


def predict(
    model: TrainedModel,
    data: Annotated[
        str,
        typer.Argument(help=_("A data set's name, or a path; its images may be without labels.")),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help=_("Write a CSV; else it is printed."))
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help=_("train, valid or test; else what has no labels, or test.")),
    ] = None,
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help=_("Add a column for each digit."))
    ] = False,
    label_column: LabelColumn = None,
    force: Force = False,
) -> None:
    """Say what a model takes images for: ImageId,Label, as Kaggle's competition wants it.

    Images count from 1 in their order. To score a model on images with labels: tenfold evaluate.
    """
    from tenfold.cli._models import trained_file
    from tenfold.cli._screen import note
    from tenfold.errors import InputError
    from tenfold.models import open_model
    from tenfold.models.predictions import predict as predicted

    if out is not None and (out.exists() or out.is_symlink()) and not force:
        raise InputError(
            _("{path} exists already and was left as it is; --force replaces it.", path=out)
        )
    loaded = open_model(trained_file(model))
    found = predicted(loaded, data, split=split, label_column=label_column)
    if out is None:
        for line in found.lines(probabilities=probabilities):
            typer.echo(line)
        return
    found.save(out, probabilities=probabilities)
    note(_("Wrote {path}: {count} {split} images", path=out, count=len(found), split=found.split))
