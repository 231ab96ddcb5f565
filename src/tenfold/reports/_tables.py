"""Tables that more than one kind of report has."""

from __future__ import annotations

from tenfold.language import text as _
from tenfold.recipes import Recipe, extras, parameter_count
from tenfold.records import Scored
from tenfold.reports._blocks import Block, Facts, Paragraph, TableBlock
from tenfold.reports._words import percent

__all__ = ["cut", "digit_table", "recipe_facts"]

SHOWN = 100
"""A longer table is cut, and says so."""


def digit_table(name: str, scored: Scored) -> list[Block]:
    """Return a table of precision and recall, if they were kept; a dash for what has no images."""
    if scored.precision is None or scored.recall is None:
        return []
    rows = tuple(
        (str(digit), *("–" if share is None else percent(share) for share in pair))
        for digit, pair in enumerate(zip(scored.precision, scored.recall, strict=True))
    )
    header = (_("Digit"), _("Precision"), _("Recall"))
    return [TableBlock(_("Each digit: {name}", name=name), header, rows)]


def cut(table: TableBlock) -> list[Block]:
    """Return the table with its first rows, and how many there are if that is not all."""
    if len(table.rows) <= SHOWN:
        return [table]
    best = table.best if table.best is not None and table.best < SHOWN else None
    rest = _("Shown are the first {shown} of {count} rows.", shown=SHOWN, count=len(table.rows))
    return [TableBlock(table.caption, table.header, table.rows[:SHOWN], best), Paragraph(rest)]


def recipe_facts(recipe: Recipe) -> Facts:
    """Return what a recipe is and how it trains, in words."""
    plain = recipe.to_dict()["optimizer"]
    optimizer = ", ".join(f"{key} {value}" for key, value in plain.items() if key != "kind")
    watched = ""
    if recipe.validation == "test":
        watched = _("the test images; nothing is chosen by them")
    elif recipe.validation:
        watched = _("{count} training images held out", count=f"{recipe.validation:,}")
    return Facts(
        (
            (_("What it is"), recipe.title),
            (_("Source"), recipe.source),
            (_("Claimed there"), recipe.claim),
            (_("Parameters"), f"{parameter_count(recipe.layers):,}"),
            (_("Pixels"), recipe.scaling),
            (_("Optimizer"), f"{plain['kind']} ({optimizer})"),
            *((label.capitalize(), words) for label, words in extras(recipe)),
            (_("Batch size"), str(recipe.batch_size)),
            (_("Epochs"), str(recipe.epochs)),
            (_("Steps an epoch"), str(recipe.steps_per_epoch or "")),
            (_("Watched"), watched),
        )
    )
