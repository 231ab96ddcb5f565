"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from tenfold.language import text as _

__all__ = [
    "AsJson",
    "Data",
    "Device",
    "Engine",
    "Epochs",
    "LabelColumn",
    "Precision",
    "Subset",
    "Threads",
    "Workers",
]

AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help=_("Print one JSON object on stdout."))
]

Data: TypeAlias = Annotated[
    str, typer.Option(help=_("A data set's name, or the path of one in any known format."))
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

Subset: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help=_("Use the first N training images only."))
]

Threads: TypeAlias = Annotated[
    int, typer.Option(min=1, help=_("Threads of the processor for each training."))
]

Workers: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help=_("Trainings at once. (default: one for each core)"))
]
