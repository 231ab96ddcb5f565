"""``tenfold report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenfold.language import text as _


def report(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN_OR_EXPERIMENT...",
            help=_("Folders of runs, of experiments, or that hold runs."),
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help=_(
                "The page: .html holds everything, .md has its figures beside it. "
                "(default: report.html in the folder; of several, here)"
            )
        ),
    ] = None,
) -> None:
    """Write one page on runs or experiments: what, on what data, where, how long, how well."""
    from tenfold.reports import write_report

    place = out or (folders[0] if len(folders) == 1 else Path()) / "report.html"
    typer.echo(_("Wrote {path}", path=write_report(folders, place)))
