"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from tenfold.language import text as _

__all__ = [
    "AsJson",
    "Data",
    "DataSource",
    "Device",
    "Engine",
    "Epochs",
    "Folder",
    "Force",
    "LabelColumn",
    "OwnThreads",
    "Precision",
    "RecipeName",
    "RunAgain",
    "Subset",
    "Threads",
    "TrainedModel",
    "Workers",
]

AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help=_("Print one JSON object on stdout."))
]

Data: TypeAlias = Annotated[
    str, typer.Option(help=_("A data set's name, or the path of one in any known format."))
]

DataSource: TypeAlias = Annotated[
    str, typer.Argument(help=_("A file, a folder, mnist, or corrections."))
]

Device: TypeAlias = Annotated[
    str, typer.Option(metavar="auto|cpu|cuda|mps", help=_("Where to train."))
]

Engine: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="processes|ray|ray://HOST:PORT",
        help=_("What does the trainings: this machine's processes, Ray, or a Ray cluster."),
    ),
]

Epochs: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1,
        help=_("Instead of the recipe's; each goes once through the images or has its own steps."),
    ),
]

Folder: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help=_("Where to keep it; goes on with what is there. (default: a folder in runs/)")
    ),
]

Force: TypeAlias = Annotated[
    bool, typer.Option("--force", help=_("Replace what is there already."))
]

LabelColumn: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="first|last|N|NAME",
        help=_("The column of labels in a CSV. (default: told by header or content)"),
    ),
]

Precision: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="fp32|bf16",
        help=_("bf16 is mixed precision, faster. (default: as the recipe says)"),
    ),
]

RecipeName: TypeAlias = Annotated[
    str, typer.Argument(help=_("A recipe's name, or the path of a recipe file (.py or .json)."))
]

Subset: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help=_("Use the first N training images only."))
]

Threads: TypeAlias = Annotated[
    int, typer.Option(min=1, help=_("Threads of the processor for each training."))
]

OwnThreads: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1, help=_("Threads of the processor for each process. (default: PyTorch's choice)")
    ),
]

RunAgain: TypeAlias = Annotated[
    bool, typer.Option("--again", help=_("Start over if --run already holds a run."))
]

TrainedModel: TypeAlias = Annotated[
    str,
    typer.Argument(
        help=_("A model file, also of Keras; a finished run's folder; or a bundled model.")
    ),
]

Workers: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help=_("Trainings at once. (default: one for each core)"))
]
