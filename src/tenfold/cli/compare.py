"""``tenfold compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenfold.cli._arguments import AsJson
from tenfold.language import text as _


def compare(
    places: Annotated[
        list[Path],
        typer.Argument(
            help=_("Folders of cross-validations or finished runs, or folders full of runs.")
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Compare recipes pairwise, by the scores that they reached on the same folds or seeds.

    Runs of the same recipe belong together. Scores that cannot be paired are refused.
    """
    from tenfold.experiments import compare as compare_places

    comparisons = compare_places(places)
    if as_json:
        import json

        import msgspec

        plain = {"comparisons": msgspec.to_builtins(comparisons)}
        typer.echo(json.dumps(plain, ensure_ascii=False))
        return
    for comparison in comparisons:
        typer.echo(comparison.sentence)
