"""Run and experiment folders, read once for a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tenfold.language import text as _
from tenfold.recipes import ReaderRecipe, Recipe
from tenfold.records import Environment, EpochRow, ReaderScores, Run, RunScores, Scored, Settings
from tenfold.records.experiment import ExperimentFolder
from tenfold.records.results import CrossValidation, Sweep

__all__ = ["AnyRecord", "Experiment", "ReaderRecord", "RunRecord", "read_any_run", "read_run"]


@dataclass(frozen=True, slots=True, eq=False)
class RunRecord:
    """A run folder's content; ``scores`` is None while the run is not finished."""

    run: Run
    recipe: Recipe
    settings: Settings
    environment: Environment
    history: list[EpochRow]
    scores: RunScores | None

    @property
    def test(self) -> Scored | None:
        """The scores on the test images, if they were scored."""
        return self.scores.test if self.scores else None

    @property
    def validation(self) -> Scored | None:
        """The scores on the images held out of training, if any were scored."""
        return self.scores.validation if self.scores else None

    @property
    def place(self) -> str:
        """What tells the run from others of its recipe: its seed, or its fold counted from 1."""
        fold = self.settings.fold
        if fold is None:
            return str(self.settings.seed)
        if fold.repeat:
            return _("{fold} (repeat {repeat})", fold=fold.index + 1, repeat=fold.repeat + 1)
        return str(fold.index + 1)

    @property
    def seconds(self) -> float | None:
        """How long the training took, if it has ended."""
        return self.scores.seconds if self.scores else None


@dataclass(frozen=True, slots=True, eq=False)
class ReaderRecord:
    """The run folder of a training of the reader; ``scores`` is None while it is not finished."""

    run: Run
    recipe: ReaderRecipe
    settings: Settings
    environment: Environment
    history: list[EpochRow]
    scores: ReaderScores | None

    @property
    def seconds(self) -> float | None:
        """How long the training took, if it has ended."""
        return self.scores.seconds if self.scores else None


AnyRecord: TypeAlias = RunRecord | ReaderRecord


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """A cross-validation's or a sweep's folder with its results."""

    folder: ExperimentFolder
    results: CrossValidation | Sweep

    def records(self, name: str) -> list[RunRecord]:
        """Return the run in a folder inside the experiment's, or the runs in its folders.

        Raises:
            RunError: if one is damaged.
        """
        return [read_run(run) for run in self.folder.runs(name)]


def read_any_run(run: Run) -> AnyRecord:
    """Read a run folder of either kind, finished or not.

    Raises:
        RunError: if it holds no run, or a file of it is damaged.
        InputError: if its recipe is of a version not known here.
    """
    plan, scores = run.plan, run.scores if run.finished else None
    if isinstance(plan.recipe, Recipe):
        return RunRecord(run, plan.recipe, plan.settings, run.environment, run.history, scores)
    assert scores is None or isinstance(scores, ReaderScores)
    return ReaderRecord(run, plan.recipe, plan.settings, run.environment, run.history, scores)


def read_run(run: Run) -> RunRecord:
    """Read the folder of a training of one network, finished or not.

    Raises:
        RunError: if it holds no such run, or a file of it is damaged.
        InputError: if its recipe is of a version not known here.
    """
    plan, scores = run.plan, run.scores if run.finished else None
    return RunRecord(run, plan.network, plan.settings, run.environment, run.history, scores)
