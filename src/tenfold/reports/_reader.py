"""Trainings of the reader's networks as sections of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from tenfold.language import text as _
from tenfold.models.sign_model import OTHER
from tenfold.recipes import NetworkSummary
from tenfold.records import DigitScores, EpochRow, InkScores, LineScores, SignScores
from tenfold.reports._again import commands_for
from tenfold.reports._blocks import (
    Block,
    CommandBlock,
    Facts,
    Highlight,
    Highlights,
    Section,
    TableBlock,
)
from tenfold.reports._machine import data_section, machine_section
from tenfold.reports._pictures import course, matrix, pairs
from tenfold.reports._records import ReaderRecord
from tenfold.reports._tables import digit_table
from tenfold.reports._words import duration, interval, percent

__all__ = ["reader_sections"]


def reader_sections(records: Sequence[ReaderRecord]) -> tuple[Section, ...]:
    """Return the sections on trainings of the reader: each, data, machine, how to do it again."""
    commands = "\n".join(commands_for(records))
    return (
        *(_section(record, alone=len(records) == 1) for record in records),
        data_section(records),
        machine_section(records),
        Section(_("Do it again"), (CommandBlock(commands),)),
    )


def _section(record: ReaderRecord, *, alone: bool) -> Section:
    name = record.recipe.name if alone else record.run.folder.name
    return Section(name, tuple(_blocks(record, name)))


def _blocks(record: ReaderRecord, name: str) -> Iterator[Block]:
    scores = record.scores
    test = scores.test if scores else None
    if test:
        label = f"{name} · " + _("test accuracy")
        number = Highlight(label, percent(test.accuracy), interval(test.interval))
        yield Highlights((number,))
    yield _facts(record)
    if scores:
        yield from _ink_scores(scores.ink)
        yield from _digit_scores(scores.digits)
        yield from _line_scores(scores.lines)
        yield from _sign_scores(scores.signs)
    for network, rows in _courses(record):
        yield course(_("{name}, the network {network}", name=name, network=network), rows)
    if test and test.confusion and any(map(any, test.confusion)):
        yield matrix(name, test.confusion)
        yield from digit_table(name, test)
        yield from pairs(name, test.confusion, None)


def _facts(record: ReaderRecord) -> Facts:
    recipe = record.recipe
    done = _("{done} of {epochs} epochs", done=len(record.history), epochs=recipe.epochs)
    return Facts(
        (
            (_("What it is"), recipe.title),
            *((one.name, _network(one)) for one in recipe.networks),
            (_("Scenes"), f"{sum(part.count for part in recipe.scenes):,}"),
            (_("Seed"), str(record.settings.seed)),
            (_("State"), _("finished") if record.scores else done),
            (_("Time"), duration(record.seconds)),
            (_("Folder"), str(record.run.folder)),
        )
    )


def _network(network: NetworkSummary) -> str:
    return _("{words}; {count} parameters", words=network.words, count=f"{network.parameters:,}")


def _ink_scores(scores: InkScores) -> Iterator[Block]:
    shares = ((_("Ink of digits"), scores.digits), (_("Other writing"), scores.others))
    if rows := tuple((name, percent(share)) for name, share in shares if share is not None):
        caption = _("The network {name} on what was held out", name="ink")
        yield TableBlock(caption, (_("Pixels of"), "F1"), rows)


def _digit_scores(scores: DigitScores) -> Iterator[Block]:
    shares = (
        (_("Marks of scenes, digits and others"), scores.accuracy),
        (_("Digits of scenes"), scores.digits),
        (_("Digits taken for no digit"), scores.digits_called_none),
        (_("Other marks taken for digits"), scores.none_called_digits),
        (_("Digits as they are in the data"), scores.plain),
    )
    if rows := tuple((name, percent(share)) for name, share in shares if share is not None):
        caption = _("The network {name} on what was held out", name="digits")
        yield TableBlock(caption, (_("What"), _("Share")), rows)


def _line_scores(scores: LineScores) -> Iterator[Block]:
    rows = tuple(
        (
            width,
            percent(share),
            "–" if (empty := scores.nothing.get(width)) is None else percent(empty),
        )
        for width, share in scores.whole.items()
    )
    if rows:
        caption = _("The network {name} on what was held out", name="lines")
        header = (_("Width in pixels"), _("Read without an error"), _("Empty ones left empty"))
        yield TableBlock(caption, header, rows)


def _sign_scores(scores: SignScores) -> Iterator[Block]:
    rows = [
        (sign if sign != OTHER else _("any other mark"), percent(share), f"{scores.counts[sign]:,}")
        for sign, share in scores.right.items()
    ]
    if scores.accuracy is not None:
        rows.append((_("all"), percent(scores.accuracy), f"{scores.count:,}"))
        caption = _("The network {name} on what was held out", name="signs")
        yield TableBlock(caption, (_("Sign"), _("Told rightly"), _("Marks")), tuple(rows))


def _courses(record: ReaderRecord) -> list[tuple[str, list[EpochRow]]]:
    """The history of each network; they are trained one after the other."""
    rows, recipe = record.history, record.recipe
    order = list(recipe.courses.items())
    is_early = recipe.ink is None and recipe.signs is None
    if is_early and _begins_anew(rows, recipe.lines.epochs):
        # Runs of earlier versions trained the lines first.
        order.reverse()
    parts, done = [], 0
    for name, one in order:
        parts.append((name, _counted(rows[done : done + one.epochs])))
        done += one.epochs
    return [(name, part) for name, part in parts if part]


def _begins_anew(rows: Sequence[EpochRow], at: int) -> bool:
    """Whether the first network's steps end just before row ``at``."""
    ends = (end for end, (one, two) in enumerate(pairwise(rows), 1) if two.step <= one.step)
    return next(ends, len(rows)) == at


def _counted(rows: Sequence[EpochRow]) -> list[EpochRow]:
    """Rows with their epochs counted from 1."""
    return [msgspec.structs.replace(row, epoch=at) for at, row in enumerate(rows, start=1)]
