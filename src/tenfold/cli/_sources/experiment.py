"""An experiment, or any folder of runs, as a source."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from tenfold.cli._sources.choices import Choices
from tenfold.complaints import complaint
from tenfold.errors import InputError, RunError, UnknownNameError
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.records import EpochRow, Run

__all__ = ["ExperimentSource", "is_experiment"]

RESULTS = "results.json"


class _Score(msgspec.Struct, frozen=True):
    accuracy: float | None = None
    run: str | None = None


class _Recipe(msgspec.Struct, frozen=True):
    name: str
    scores: tuple[_Score, ...] = ()


class _Trial(msgspec.Struct, frozen=True):
    settings: dict[str, Any]
    accuracy: float | None = None
    state: str = "finished"


class _Results(msgspec.Struct, frozen=True):
    """What this source needs of an experiment's results.json."""

    recipes: tuple[_Recipe, ...] = ()
    trials: tuple[_Trial, ...] = ()


def is_experiment(folder: Path) -> bool:
    """Whether a folder holds an experiment's results, or runs."""
    return (folder / RESULTS).is_file() or any(folder.glob("*/run.json"))


class ExperimentSource:
    """Several runs: the folds of a cross-validation, the trials of a sweep, or runs in a folder."""

    def __init__(self, folder: Path, choices: Choices) -> None:
        self._folder = folder
        self._choices = choices
        path = folder / RESULTS
        self._results = _read(path) if path.is_file() else _gathered(folder)

    @staticmethod
    def kind() -> str:
        """What this is, for a person."""
        return _("a folder of several runs")

    @cached_property
    def scores(self) -> dict[str, list[float]]:
        """Each recipe's accuracies, one a run."""
        rows = {
            recipe.name: [row.accuracy for row in recipe.scores if row.accuracy is not None]
            for recipe in self._results.recipes
        }
        if not any(rows.values()):
            raise RunError(_("No run in {folder} has a score yet.", folder=self._folder))
        return {name: row for name, row in rows.items() if row}

    @cached_property
    def _chosen(self) -> _Recipe:
        known = {recipe.name: recipe for recipe in self._results.recipes}
        wanted = self._choices.recipe or (next(iter(known)) if len(known) == 1 else None)
        if wanted is None and known:
            raise InputError(
                _("Choose one of the recipes with --recipe: {names}.", names=", ".join(known))
            )
        if wanted not in known:
            raise UnknownNameError(_("recipe"), str(wanted or ""), known)
        return known[wanted]

    @property
    def histories(self) -> list[list[EpochRow]]:
        """The histories of one recipe's runs."""
        folders = [row.run for row in self._chosen.scores if row.run is not None]
        return [Run(self._folder / folder).history for folder in folders]

    @property
    def title(self) -> str:
        """What stands above the curves."""
        return self._chosen.name

    @cached_property
    def _trials(self) -> tuple[_Trial, ...]:
        if not self._results.trials:
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

    def _with_parameter(self) -> list[_Trial]:
        return [trial for trial in self._trials if self.parameter in trial.settings]


def _read(path: Path) -> _Results:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Results)
    except OSError as error:
        raise storage_error(path, error) from error
    except msgspec.DecodeError as error:
        reason = complaint(error, _Results)
        raise RunError(_("{path} is damaged: {reason}", path=path, reason=reason)) from error


def _gathered(folder: Path) -> _Results:
    """Make the results of a folder of runs: validation scores if all have them, else test."""
    runs = [Run(path.parent) for path in sorted(folder.glob("*/run.json"))]
    scores = {run: run.scores for run in runs if run.finished}
    held = all("validation" in row for row in scores.values())
    kind = "validation" if held and scores else "test"
    rows: dict[str, list[_Score]] = {}
    for run in runs:
        score = scores.get(run, {}).get(kind) or {}
        name = str(run.plan.get("recipe", {}).get("name", run.folder.name))
        rows.setdefault(name, []).append(_Score(score.get("accuracy"), run.folder.name))
    return _Results(tuple(_Recipe(name, tuple(row)) for name, row in rows.items()))
