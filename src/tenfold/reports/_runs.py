"""Training runs as sections of a report."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from tenfold.errors import TenfoldError
from tenfold.experiments import compare
from tenfold.language import text as _
from tenfold.reports._again import commands_for
from tenfold.reports._blocks import (
    Block,
    CommandBlock,
    Facts,
    Highlight,
    Highlights,
    Paragraph,
    Section,
    TableBlock,
)
from tenfold.reports._comparisons import comparison_blocks
from tenfold.reports._evidence import find_evidence
from tenfold.reports._groups import RunGroup, group_runs
from tenfold.reports._machine import data_section, machine_section
from tenfold.reports._pictures import curves, diagram, matrix, pairs, pictures_of_digits
from tenfold.reports._records import RunRecord
from tenfold.reports._tables import cut, digit_table, recipe_facts
from tenfold.reports._words import duration, interval, percent, reach, spread

__all__ = ["run_sections"]

TILES = 4
COMMANDS = 100


def run_sections(records: Sequence[RunRecord]) -> tuple[Section, ...]:
    """Return the sections on runs: scores, each recipe, data, machine, how to do it again."""
    groups = group_runs(records)
    commands = "\n".join(commands_for(records[:COMMANDS]))
    return (
        Section(_("Scores"), tuple(_scores(groups))),
        *_comparisons(groups),
        *(Section(group.name, tuple(_recipe(group))) for group in groups),
        data_section(records),
        machine_section(records),
        Section(_("Do it again"), (CommandBlock(commands),)),
    )


def _scores(groups: Sequence[RunGroup]) -> Iterator[Block]:
    if tiles := [_highlight(group) for group in groups if group.split][:TILES]:
        yield Highlights(tuple(tiles))
    for split, caption in (
        ("test", _("On the test images")),
        ("validation", _("On images held out of training")),
    ):
        if rows := [_row(group, split) for group in groups if group.scored(split)]:
            yield from cut(TableBlock(caption, _header(), tuple(rows)))
    if any(len(group.finished) > 1 for group in groups):
        yield Paragraph(
            _(
                "± is the standard deviation over the runs: what another seed or fold alone "
                "changes. The interval of a single run says how far its score may lie on other "
                "images of the same kind."
            )
        )
    if unfinished := sum(len(group.records) - len(group.finished) for group in groups):
        yield Paragraph(_("Runs not finished: {count}.", count=unfinished))


def _comparisons(groups: Sequence[RunGroup]) -> Iterator[Section]:
    """Recipes that have several runs each, compared where seeds or folds pair them."""
    several = [group for group in groups if len(group.finished) > 1]
    if len(several) < 2:
        return
    folders = [record.run.folder for group in several for record in group.finished]
    try:
        blocks = tuple(comparison_blocks(compare(folders)))
    except TenfoldError as error:
        # The scores stand by themselves; why they are not compared stands beside them.
        blocks = (Paragraph(_("Not compared: {reason}", reason=error)),)
    yield Section(_("Comparisons"), blocks)


def _highlight(group: RunGroup) -> Highlight:
    scored = group.scored(group.split)
    what = _("test accuracy") if group.split == "test" else _("validation accuracy")
    mean = percent(statistics.fmean(one.accuracy for one in scored))
    if len(scored) == 1:
        note = interval(scored[0].interval)
    else:
        deviation = statistics.stdev(one.accuracy for one in scored)
        note = _("± {sd} points, n = {count}", sd=f"{deviation * 100:.2f}", count=len(scored))
    return Highlight(f"{group.name} · {what}", mean, note)


def _header() -> tuple[str, ...]:
    return (
        _("Recipe"),
        _("Number of runs"),
        _("Accuracy (%)"),
        _("Interval or range"),
        _("Loss"),
        _("Time each"),
    )


def _row(group: RunGroup, split: str) -> tuple[str, ...]:
    scored = group.scored(split)
    shares = [one.accuracy for one in scored]
    times = [record.seconds for record in group.finished if record.seconds is not None]
    within = interval(scored[0].interval) if len(shares) == 1 else reach(min(shares), max(shares))
    return (
        group.name,
        str(len(shares)),
        spread(shares, 100, 2),
        within or "–",
        spread([one.loss for one in scored]),
        duration(statistics.fmean(times)) if times else "–",
    )


def _recipe(group: RunGroup) -> Iterator[Block]:
    yield recipe_facts(group.recipe)
    if len(group.records) > 1:
        yield from cut(_each_run(group))
    else:
        yield _only_run(group.records[0])
    yield from curves(group.name, group.records)
    yield diagram(group.name, group.recipe)
    if counts := group.confusion(group.split):
        yield matrix(group.name, counts, len(group.scored(group.split)))
    yield from _errors(group)


def _only_run(record: RunRecord) -> Facts:
    done = _("{done} of {epochs} epochs", done=len(record.history), epochs=record.recipe.epochs)
    return Facts(
        (
            (_("Seed"), str(record.settings.seed)),
            (_("State"), _("finished") if record.scores else done),
            (_("Time"), duration(record.seconds)),
            (_("Folder"), str(record.run.folder)),
        )
    )


def _each_run(group: RunGroup) -> TableBlock:
    rows = []
    for record in group.records:
        scored = record.test if group.split == "test" else record.validation
        rows.append(
            (
                record.place,
                percent(scored.accuracy) if scored else _("not finished"),
                reach(*scored.interval) if scored and scored.interval else "",
                f"{scored.loss:.4f}" if scored else "",
                duration(record.seconds),
                str(record.run.folder),
            )
        )
    what = _("Fold") if group.folded else _("Seed")
    header = (what, _("Accuracy"), _("95 % interval"), _("Loss"), _("Time"), _("Folder"))
    return TableBlock(_("Each run of {name}", name=group.name), header, tuple(rows))


def _errors(group: RunGroup) -> Iterator[Block]:
    """What the first run reads wrongly, digit by digit."""
    first = next((record for record in group.finished if record.test), None)
    if first is None or first.test is None:
        return
    name = group.name
    if len(group.records) > 1:
        name = _("{name} with seed {seed}", name=name, seed=first.settings.seed)
    yield from digit_table(name, first.test)
    evidence = find_evidence(first)
    if isinstance(evidence, str):
        yield Paragraph(evidence)
    asked = None if isinstance(evidence, str) else evidence
    if first.test.confusion and any(map(any, first.test.confusion)):
        yield from pairs(name, first.test.confusion, asked)
    if asked:
        yield from pictures_of_digits(name, asked)
