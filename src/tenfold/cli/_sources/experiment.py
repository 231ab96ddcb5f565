"""An experiment, or any folder of runs, as a source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tenfold.cli._sources.choices import Choices
from tenfold.errors import InputError, RunError, UnknownNameError
from tenfold.language import text as _
from tenfold.records import EpochRow, Run
from tenfold.records.experiment import RESULTS, ExperimentFolder
from tenfold.records.results import CrossValidation, Results, Seeds, Sweep, Trial

__all__ = ["ExperimentSource", "is_experiment"]


@dataclass(frozen=True, slots=True)
class _Reached:
    """A run's accuracy, if it has one, and its folder inside that of the experiment."""

    accuracy: float | None
    run: str


def is_experiment(folder: Path) -> bool:
    """Whether a folder holds an experiment's results, or runs."""
    return (folder / RESULTS).is_file() or any(folder.glob("*/run.json"))


class ExperimentSource:
    """Several runs: the folds of a cross-validation, the trials of a sweep, or runs in a folder."""

    def __init__(self, folder: Path, choices: Choices) -> None:
        self._folder = folder
        self._choices = choices
        found = ExperimentFolder(folder)
        self._results = found.results if found.finished else None
        self._reached = _of_experiment(self._results) if self._results else _gathered(folder)

    @staticmethod
    def kind() -> str:
        """What this is, for a person."""
        return _("a folder of several runs")

    @cached_property
    def scores(self) -> dict[str, list[float]]:
        """Each recipe's accuracies, one a run."""
        rows = {
            name: [row.accuracy for row in reached if row.accuracy is not None]
            for name, reached in self._reached.items()
        }
        if not any(rows.values()):
            raise RunError(_("No run in {folder} has a score yet.", folder=self._folder))
        return {name: row for name, row in rows.items() if row}

    @cached_property
    def _chosen(self) -> str:
        known = self._reached
        wanted = self._choices.recipe or (next(iter(known)) if len(known) == 1 else None)
        if wanted is None and known:
            raise InputError(
                _("Choose one of the recipes with --recipe: {names}.", names=", ".join(known))
            )
        if wanted not in known:
            raise UnknownNameError(_("recipe"), str(wanted or ""), known)
        return wanted

    @property
    def histories(self) -> list[list[EpochRow]]:
        """The histories of one recipe's runs."""
        folders = [one.run for one in self._reached[self._chosen] if one.run]
        return [Run(self._folder / folder).history for folder in folders]

    @property
    def title(self) -> str:
        """What stands above the curves."""
        return self._chosen

    @cached_property
    def _trials(self) -> tuple[Trial, ...]:
        if not isinstance(self._results, Sweep) or not self._results.trials:
            raise RunError(_("{folder} holds no sweep.", folder=self._folder))
        return self._results.trials

    @cached_property
    def parameter(self) -> str:
        """Which parameter is drawn along: the one chosen, or the only one."""
        known = list(dict.fromkeys(name for trial in self._trials for name in trial.settings))
        wanted = self._choices.parameter or (known[0] if len(known) == 1 else None)
        if wanted is None:
            raise InputError(
                _("Choose one of the parameters with --parameter: {names}.", names=", ".join(known))
            )
        if wanted not in known:
            raise UnknownNameError(_("parameter"), wanted, known)
        return wanted

    @property
    def values(self) -> list[object]:
        """The parameter's value in each trial that has it."""
        return [trial.settings[self.parameter] for trial in self._with_parameter()]

    @property
    def accuracies(self) -> list[float | None]:
        """The accuracy of each of these trials, None unless it was finished."""
        return [
            trial.accuracy if trial.state == "finished" else None
            for trial in self._with_parameter()
        ]

    def _with_parameter(self) -> list[Trial]:
        return [trial for trial in self._trials if self.parameter in trial.settings]


def _gathered(folder: Path) -> dict[str, list[_Reached]]:
    """The runs in a folder, by recipe: validation scores if all have them, else test."""
    runs = [Run(path.parent) for path in sorted(folder.glob("*/run.json"))]
    scores = {run: run.scores for run in runs if run.finished}
    held = bool(scores) and all(one.validation for one in scores.values())
    found: dict[str, list[_Reached]] = {}
    for run in runs:
        one = scores.get(run)
        scored = (one.validation if held else one.test) if one else None
        reached = _Reached(scored.accuracy if scored else None, run.folder.name)
        found.setdefault(run.plan.recipe.name, []).append(reached)
    return found


def _of_experiment(results: Results) -> dict[str, list[_Reached]]:
    if not isinstance(results, CrossValidation | Seeds):
        return {}
    return {
        one.name: [_Reached(score.accuracy, score.run) for score in one.scores]
        for one in results.recipes
    }
