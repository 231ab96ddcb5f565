"""A cross-validation as sections of a report."""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.language import text as _
from tenfold.records.experiment import ExperimentFolder
from tenfold.records.results import CrossValidation, Folds, RecipeScores
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
from tenfold.reports._groups import RunGroup
from tenfold.reports._machine import images_used, machine_section
from tenfold.reports._pictures import boxes, curves, diagram, matrix
from tenfold.reports._records import Experiment, RunRecord
from tenfold.reports._tables import cut, recipe_facts
from tenfold.reports._words import duration, percent, reach, spread

__all__ = ["crossval_sections"]

TILES = 4


def crossval_sections(experiment: Experiment, results: CrossValidation) -> tuple[Section, ...]:
    """Return the sections on a cross-validation."""
    runs = {recipe.name: _runs(experiment, recipe) for recipe in results.recipes}
    everything = [record for records in runs.values() for record in records]
    sections = [Section(_("Scores"), tuple(_scores(results)))]
    if results.comparisons:
        sections.append(Section(_("Comparisons"), tuple(comparison_blocks(results.comparisons))))
    sections.extend(
        Section(recipe.name, tuple(_recipe(recipe, runs[recipe.name])))
        for recipe in results.recipes
    )
    if results.failed:
        sections.append(Section(_("Failed"), (_failures(results),)))
    sections.append(_data(results, experiment.folder))
    sections.append(machine_section(everything, results.seconds, experiment.folder.environment))
    if results.command:
        sections.append(Section(_("Do it again"), (CommandBlock(results.command),)))
    return tuple(sections)


def _runs(experiment: Experiment, recipe: RecipeScores) -> list[RunRecord]:
    return [record for score in recipe.scores for record in experiment.records(score.run)]


def _scores(results: CrossValidation) -> Iterator[Block]:
    shares = {r.name: [s.accuracy for s in r.scores] for r in results.recipes if r.scores}
    tiles = []
    for recipe in results.recipes:
        if recipe.accuracy is not None:
            sd = recipe.accuracy.sd
            note = _("n = {count}", count=recipe.accuracy.n)
            if sd is not None:
                note = _(
                    "± {sd} points, n = {count}", sd=f"{sd * 100:.2f}", count=recipe.accuracy.n
                )
            tiles.append(Highlight(recipe.name, percent(recipe.accuracy.mean), note))
    if tiles:
        yield Highlights(tuple(tiles[:TILES]))
    header = (
        _("Recipe"),
        _("Folds"),
        _("Accuracy (%)"),
        _("Lowest to highest"),
        _("Loss"),
        _("Time in all"),
    )
    yield from cut(
        TableBlock(_("On the fold held out"), header, tuple(_row(r) for r in results.recipes))
    )
    yield Paragraph(
        _(
            "± is the standard deviation over the folds. Every recipe saw the same folds, and the "
            "test images were left alone."
        )
    )
    if shares:
        yield boxes(shares)


def _row(recipe: RecipeScores) -> tuple[str, ...]:
    shares = [score.accuracy for score in recipe.scores]
    seconds = [score.seconds for score in recipe.scores if score.seconds is not None]
    return (
        recipe.name,
        str(len(shares)),
        spread(shares, 100, 2),
        reach(min(shares), max(shares)) if shares else "–",
        spread([score.loss for score in recipe.scores if score.loss is not None]),
        duration(sum(seconds)) if seconds else "–",
    )


def _recipe(recipe: RecipeScores, records: list[RunRecord]) -> Iterator[Block]:
    if records:
        yield recipe_facts(records[0].recipe)
    rows = tuple(
        (
            str(score.fold + 1),
            str(score.repeat + 1),
            percent(score.accuracy),
            "–" if score.loss is None else f"{score.loss:.4f}",
            duration(score.seconds) or "–",
            score.run or "–",
        )
        for score in recipe.scores
    )
    header = (_("Fold"), _("Repeat"), _("Accuracy"), _("Loss"), _("Time"), _("Folder"))
    yield from cut(TableBlock(_("Each fold of {name}", name=recipe.name), header, rows))
    if not records:
        return
    yield from curves(recipe.name, records)
    yield diagram(recipe.name, records[0].recipe)
    group = RunGroup(recipe.name, tuple(records))
    if counts := group.confusion("validation"):
        yield matrix(recipe.name, counts, len(records))


def _failures(results: CrossValidation) -> TableBlock:
    header = (_("Recipe"), _("Fold"), _("Repeat"), _("Why"))
    rows = tuple(
        (one.recipe, str(one.fold + 1), str(one.repeat + 1), one.error) for one in results.failed
    )
    return TableBlock(_("Folds that could not be trained; the others are complete"), header, rows)


def _data(results: CrossValidation, folder: ExperimentFolder) -> Section:
    used = images_used(folder.subset) if folder.data.name else ""
    return Section(
        _("Data"),
        (
            Facts(
                (
                    (_("Data set"), results.data.name),
                    ("sha256", results.data.sha256),
                    (_("Training images used"), used),
                    *_cut(results.folds),
                )
            ),
        ),
    )


def _cut(folds: Folds | None) -> list[tuple[str, str]]:
    if folds is None:
        return []
    return [
        (_("Folds"), str(folds.folds)),
        (_("Repeats"), str(folds.repeats)),
        (_("Stratified"), _("yes") if folds.stratified else _("no")),
        (_("Random state"), str(folds.seed)),
    ]
