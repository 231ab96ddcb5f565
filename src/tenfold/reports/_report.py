"""The two reports that there are: of folders, and of one model on one set of images."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tenfold.data import LabeledImages
from tenfold.language import text as _
from tenfold.models import Model
from tenfold.records.results import CrossValidation, Folds, Sweep
from tenfold.reports._blocks import Paragraph, Report, Section
from tenfold.reports._crossval import crossval_sections
from tenfold.reports._evaluation import evaluation_report
from tenfold.reports._groups import group_runs
from tenfold.reports._reader import reader_sections
from tenfold.reports._records import Experiment
from tenfold.reports._runs import run_sections
from tenfold.reports._sources import Sources, read_sources
from tenfold.reports._sweep import sweep_sections
from tenfold.reports._write import check_ending, write_page

__all__ = ["write_evaluation", "write_report"]

NAMED = 4
"""More recipes than these are counted in a title, not named."""


def write_report(folders: Iterable[str | Path], path: str | Path) -> Path:
    """Write one page on runs and experiments: what, on what, where, how long, how well, and again.

    Args:
        folders: of runs, of experiments, or that hold runs.
        path: ends in .html for one file with everything inside, or in .md for Markdown with a
            folder of figures beside it; what it held is replaced.

    Returns:
        ``path``.

    Raises:
        InputError: if no folder is named, ``path`` ends otherwise, or a recipe is not known.
        RunError: if a folder holds neither, or a file of it is damaged.
        StorageError: if a file cannot be read or written.
        MissingExtraError: if a package is missing that it needs.
    """
    target = check_ending(path)
    return write_page(_report(read_sources(folders)), target)


def write_evaluation(
    model: Model, data: LabeledImages, path: str | Path, *, name: str, split: str, command: str
) -> Path:
    """Write one page on how well a model reads one set of images.

    Args:
        model: the model.
        data: images and labels to score it on.
        path: as for ``write_report``.
        name: what the data set is called, as the command line takes it.
        split: "train", "valid" or "test".
        command: what to type to make the report again.

    Raises:
        InputError: if there are no images, or ``path`` ends otherwise.
        StorageError: if the file cannot be written.
        MissingExtraError: if a package is missing that it needs.
    """
    target = check_ending(path)
    return write_page(evaluation_report(model, data, name, split, command), target)


def _report(sources: Sources) -> Report:
    parts = [_experiment(experiment) for experiment in sources.experiments]
    if sources.runs:
        groups = group_runs(sources.runs)
        title = _named([group.name for group in groups])
        lead = _("Training runs: {count}.", count=len(sources.runs))
        parts.append(Report(title, lead, run_sections(sources.runs), _("Training runs")))
    if sources.readers:
        title = _named(list(dict.fromkeys(one.recipe.name for one in sources.readers)))
        lead = _("Training runs: {count}.", count=len(sources.readers))
        sections = reader_sections(sources.readers)
        parts.append(Report(title, lead, sections, _("Training of the reader")))
    if len(parts) == 1:
        return parts[0]
    sections = tuple(
        Section(f"{part.kind} · {part.title}", (Paragraph(part.lead),), part.sections)
        for part in parts
    )
    return Report(_("Report"), _("Experiments and runs: {count}.", count=len(parts)), sections)


def _experiment(experiment: Experiment) -> Report:
    match experiment.results:
        case CrossValidation() as results:
            return Report(
                _named([recipe.name for recipe in results.recipes]),
                _cut(results.folds),
                crossval_sections(experiment, results),
                _("Cross-validation"),
            )
        case Sweep() as results:
            return Report(
                results.recipe or _("Sweep"),
                _("A sweep of {count} trials.", count=len(results.trials)),
                sweep_sections(experiment, results),
                _("Sweep"),
            )


def _named(names: list[str]) -> str:
    if len(names) > NAMED:
        return _(
            "{names} and {count} more", names=", ".join(names[:NAMED]), count=len(names) - NAMED
        )
    return ", ".join(names) or _("Report")


def _cut(folds: Folds | None) -> str:
    if folds is None:
        return _("Cross-validation")
    if folds.repeats > 1:
        return _(
            "Cross-validation in {folds} folds, repeated {repeats} times.",
            folds=folds.folds,
            repeats=folds.repeats,
        )
    return _("Cross-validation in {folds} folds.", folds=folds.folds)
