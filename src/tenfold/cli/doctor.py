"""``tenfold doctor``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from tenfold.cli._arguments import AsJson
from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.doctor import CheckResult


def doctor(
    as_json: AsJson = False,
) -> None:
    """Look at what is installed, what works here, and say what to do about the rest."""
    from tenfold.doctor import examine

    found = list(examine()) if as_json else _show(examine())
    broken = [finding.name for finding in found if finding.state == "broken"]
    if as_json:
        import json

        plain = {"works": not broken, "findings": [finding.to_dict() for finding in found]}
        typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))
    elif broken:
        typer.echo(_("Broken: {names}.", names=", ".join(broken)))
    else:
        typer.echo(_("All that is installed works."))
    if broken:
        raise typer.Exit(1)


def _show(findings: Iterable[CheckResult]) -> list[CheckResult]:
    """Print each as it comes, one below the other, and return them all."""
    from rich.table import Table
    from rich.text import Text

    from tenfold.cli._console import Console

    words = {"good": _("good"), "note": _("note"), "broken": _("broken")}
    styles = {"good": "green", "note": "yellow", "broken": "bold red"}
    console = Console()
    shown = []
    for finding in findings:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=6, no_wrap=True)
        grid.add_column(width=17, overflow="fold")
        grid.add_column(overflow="fold")
        told = Text(finding.text)
        if finding.advice:
            told.append(f"\n-> {finding.advice}", style="bold")
        state = Text(words[finding.state], style=styles[finding.state])
        grid.add_row(state, Text(finding.name), told)
        console.print(grid)
        shown.append(finding)
    return shown
