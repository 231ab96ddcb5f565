"""``tenfold adapt``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenfold.cli._arguments import OwnThreads, RunAgain
from tenfold.language import text as _

__all__ = ["adapt"]


def adapt(
    pictures: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER",
            help=_("Pictures of digits and numbers; or corrections, or a data set."),
            show_default=False,
        ),
    ],
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE.csv",
            help=_(
                "What stands on them, in the columns path and text. (default: labels.csv in the "
                "folder; without it, what is read surely)"
            ),
        ),
    ] = None,
    run: Annotated[
        Path | None, typer.Option(help=_("The run's folder. (default: runs/adaptation-N)"))
    ] = None,
    again: RunAgain = False,
    seed: Annotated[
        int, typer.Option(min=0, help=_("Decides the scenes that are learned from beside them."))
    ] = 0,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help=_("Set a field of the recipe adaptation, such as lines.epochs=4. Repeatable."),
        ),
    ] = None,
    sure: Annotated[
        float,
        typer.Option(
            min=0,
            max=100,
            metavar="PERCENT",
            help=_("Where nobody says what is right, learn from readings as likely right as this."),
        ),
    ] = 95,
    threads: OwnThreads = None,
) -> None:
    """Teach the reader's own networks a hand or a form, and keep them in a folder.

    Then: tenfold read --model FOLDER PICTURE. It takes some minutes; interrupted, it goes on with
    tenfold train --resume --run FOLDER.
    """
    from tenfold.cli._experiments import changes_in
    from tenfold.cli._screen import note
    from tenfold.training.adapting import adapt as teach

    found = teach(
        pictures,
        labels=labels,
        run=run,
        again=again,
        seed=seed,
        changes=changes_in(settings or [], None),
        sure=sure / 100,
        threads=threads,
    )
    note(_("To read with it: tenfold read --model {folder} PICTURE", folder=found.folder))
