"""A sweep as sections of a report."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tenfold.language import text as _
from tenfold.records.results import Sweep, Trial
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
from tenfold.reports._machine import data_section, images_used, machine_section
from tenfold.reports._pictures import curves, settings_plot
from tenfold.reports._records import Experiment
from tenfold.reports._tables import cut, recipe_facts
from tenfold.reports._words import percent

__all__ = ["sweep_sections"]

PARAMETERS = 20


def sweep_sections(experiment: Experiment, results: Sweep) -> tuple[Section, ...]:
    """Return the sections on a sweep."""
    records = [record for trial in results.trials for record in experiment.records(trial.run)]
    best = next((trial for trial in results.trials if trial.number == results.best), None)
    sections = [Section(_("Best"), tuple(_best(experiment, best)))]
    sections.append(Section(_("Trials"), tuple(_trials(results, best))))
    if any(trial.accuracy is not None for trial in results.trials):
        plots = tuple(_plot(results, name) for name in results.parameters[:PARAMETERS])
        sections.append(Section(_("Each parameter"), plots))
    used = experiment.folder.data
    if used.name:
        images = (_("Training images used"), images_used(experiment.folder.subset))
        data = Facts(((_("Data set"), used.name), ("sha256", used.sha256), images))
        sections.append(Section(_("Data"), (data,)))
    else:
        sections.append(data_section(records))
    sections.append(machine_section(records, results.seconds, experiment.folder.environment))
    if results.command:
        sections.append(Section(_("Do it again"), (CommandBlock(results.command),)))
    return tuple(sections)


def _best(experiment: Experiment, best: Trial | None) -> Iterator[Block]:
    if best is None:
        yield Paragraph(_("No trial is finished."))
        return
    label = _("Trial {number}", number=best.number)
    if best.accuracy is not None:
        yield Highlights((Highlight(label, percent(best.accuracy), _("held-out accuracy")),))
    yield Facts(tuple((name, _value(value)) for name, value in best.settings.items()))
    yield Paragraph(
        _(
            "The best of many trials looks a little better than it is: its score was used to "
            "choose it. Measure it on images that no choice was made by."
        )
    )
    if records := experiment.records(best.run):
        yield recipe_facts(records[0].recipe)
        yield from curves(label, records)


def _trials(results: Sweep, best: Trial | None) -> Iterator[Block]:
    trials = sorted(results.trials, key=_rank)
    names = results.parameters[:PARAMETERS]
    header = (_("Trial"), *names, _("Accuracy"), _("Loss"), _("State"))
    rows = tuple(
        (
            str(trial.number),
            *(_value(trial.settings[name]) if name in trial.settings else "–" for name in names),
            "–" if trial.accuracy is None else percent(trial.accuracy),
            "–" if trial.loss is None else f"{trial.loss:.4f}",
            _state(trial),
        )
        for trial in trials
    )
    at = trials.index(best) if best is not None else None
    yield from cut(TableBlock(_("Trials, best first"), header, rows, at))


def _plot(results: Sweep, name: str) -> Block:
    trials = [trial for trial in results.trials if name in trial.settings]
    values = [trial.settings[name] for trial in trials]
    return settings_plot(name, values, [trial.accuracy for trial in trials])


def _rank(trial: Trial) -> tuple[float, int]:
    return (2.0 if trial.accuracy is None else -trial.accuracy, trial.number)


def _state(trial: Trial) -> str:
    names = {"finished": _("finished"), "pruned": _("stopped early"), "failed": _("failed")}
    return f"{names[trial.state]}: {trial.error}" if trial.error else names[trial.state]


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
