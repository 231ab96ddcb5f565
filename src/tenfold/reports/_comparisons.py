"""Recipes compared pairwise: a sentence each, and the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tenfold.language import text as _
from tenfold.reports._blocks import Block, Paragraph, Table
from tenfold.reports._results import Comparison
from tenfold.reports._tables import cut
from tenfold.reports._words import points

__all__ = ["comparison_blocks"]


IN_WORDS = 10
"""More comparisons than these are in the table alone."""


def comparison_blocks(comparisons: Sequence[Comparison]) -> Iterator[Block]:
    """Return what the comparisons show, in words and in a table, and how it was tested."""
    if len(comparisons) <= IN_WORDS:
        for comparison in comparisons:
            yield Paragraph(_sentence(comparison))
    header = (
        _("First and second"),
        _("Difference (points)"),
        _("95 % interval"),
        "p",
        "n",
        _("The first is"),
    )
    rows = tuple(
        (
            f"{one.first} – {one.second}",
            points(one.difference),
            _ends(one),
            _p(one),
            "–" if one.n is None else str(one.n),
            _verdict(one),
        )
        for one in comparisons
    )
    yield from cut(Table(_("First minus second, on the same folds or seeds"), header, rows))
    yield Paragraph(
        _(
            "Tested by the corrected resampled t-test (Nadeau and Bengio), which allows for folds "
            "that share training images. p is corrected for the number of pairs (Holm); an "
            "interval is for its pair alone."
        )
    )


def _sentence(one: Comparison) -> str:
    words = {"first": one.first, "second": one.second, "interval": _ends(one), "p": _p(one)}
    size = points(abs(one.difference)).removeprefix("+")
    if one.verdict == "better":
        return _(
            "{first} is better than {second} by {size} points "
            "(95 % interval of the difference {interval}, p = {p}).",
            size=size,
            **words,
        )
    if one.verdict == "worse":
        return _(
            "{first} is worse than {second} by {size} points "
            "(95 % interval of the difference {interval}, p = {p}).",
            size=size,
            **words,
        )
    return _(
        "{first} and {second}: no difference shown "
        "(95 % interval of the difference {interval}, p = {p}).",
        **words,
    )


def _verdict(one: Comparison) -> str:
    words = {"better": _("better"), "worse": _("worse")}
    return words.get(one.verdict, _("not shown to differ"))


def _p(one: Comparison) -> str:
    if one.p is None:
        return "–"
    return f"{max(one.p, 1e-6):.2g}"


def _ends(one: Comparison) -> str:
    low, high = one.interval or (None, None)
    if low is None or high is None:
        return _("unknown")
    return _("{low} to {high}", low=points(low), high=points(high))
