"""Recipes compared pairwise: a sentence each, and the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tenfold.language import text as _
from tenfold.records.results import Comparison
from tenfold.reports._blocks import Block, Paragraph, TableBlock
from tenfold.reports._tables import cut
from tenfold.reports._words import points

__all__ = ["comparison_blocks"]


IN_WORDS = 10
"""More comparisons than these are in the table alone."""


def comparison_blocks(comparisons: Sequence[Comparison]) -> Iterator[Block]:
    """Return what the comparisons show, in words and in a table, and how it was tested."""
    if len(comparisons) <= IN_WORDS:
        for comparison in comparisons:
            yield Paragraph(comparison.sentence)
    header = (
        _("First and second"),
        _("Difference (points)"),
        _("95 % interval"),
        "p",
        "n",
        _("The first is"),
    )
    yield from cut(
        TableBlock(
            _("First minus second, on the same folds or seeds"),
            header,
            tuple(_row(one) for one in comparisons),
        )
    )
    yield Paragraph(
        _(
            "Tested by the corrected resampled t-test (Nadeau and Bengio), which allows for folds "
            "that share training images. p is corrected for the number of pairs (Holm); an "
            "interval is for its pair alone."
        )
    )


def _row(one: Comparison) -> tuple[str, ...]:
    low, high = one.interval
    return (
        f"{one.first} – {one.second}",
        points(one.difference),
        _("{low} to {high}", low=points(low), high=points(high)),
        "< 0.001" if one.p < 0.001 else f"{one.p:.2g}",
        str(one.n),
        _verdict(one),
    )


def _verdict(one: Comparison) -> str:
    words = {"better": _("better"), "worse": _("worse")}
    return words.get(one.verdict, _("not shown to differ"))
