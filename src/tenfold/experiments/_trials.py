"""The trials of a sweep: settings in, jobs out; outcomes in, scores out."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from tenfold.experiments._space import apply
from tenfold.experiments.engines import Outcome
from tenfold.experiments.jobs import Job, TrialReference
from tenfold.language import text as _
from tenfold.recipes import Recipe
from tenfold.records import Fold, TrainingOptions
from tenfold.records.results import Data, Folds, Trial, Value, fold_name

__all__ = ["Trial", "Trials", "failed_trial", "settings_text"]


@dataclass(frozen=True, slots=True)
class Trials:
    """What the trials of one sweep have in common.

    Args:
        recipe: what they vary; its ``validation`` holds images out where there are no folds.
        folds: how to cut the training images, if the score is a mean over folds.
        folder: the sweep's folder.
        data: what they are trained on.
        options: what else decides them; fold i trains with ``options.seed + i``.
        storage: the search's file where trials may be stopped early.
    """

    recipe: Recipe
    folds: Folds | None
    folder: Path
    data: Data
    options: TrainingOptions
    storage: Path | None = None

    def jobs(self, number: int, settings: Mapping[str, Value]) -> list[Job]:
        """Return the jobs of one trial: one, or one for each fold.

        Raises:
            InputError: if the recipe does not admit the settings.
        """
        place = self.folder / run_name(number)
        whole = Job(
            name=_("trial {number}", number=number) + f" ({settings_text(settings)})",
            recipe=apply(self.recipe, settings),
            data=self.data.name,
            data_hash=self.data.sha256,
            folder=str(place),
            options=self.options,
            trial=TrialReference(str(self.storage), number) if self.storage else None,
        )
        cut = self.folds
        if cut is None:
            return [whole]
        return [
            replace(
                whole,
                name=fold_name(whole.name, 0, index),
                folder=str(place / f"fold-{index}"),
                options=replace(
                    self.options,
                    seed=self.options.seed + index,
                    fold=Fold(index, cut.folds, 0, cut.seed, cut.stratified),
                ),
            )
            for index in range(cut.folds)
        ]

    def trial(
        self, number: int, settings: Mapping[str, Value], outcomes: Sequence[Outcome]
    ) -> Trial:
        """Return what a trial reached, given how its jobs have ended."""
        failed = [outcome.error for outcome in outcomes if outcome.scores is None]
        if failed:
            return failed_trial(number, settings, failed[0])
        scores = [outcome.scores for outcome in outcomes if outcome.scores is not None]
        reached = [one.validation for one in scores if one.validation is not None]
        pruned = any(one.pruned for one in scores)
        return Trial(
            number=number,
            settings=dict(settings),
            accuracy=statistics.fmean(one.accuracy for one in reached),
            loss=statistics.fmean(one.loss for one in reached),
            state="pruned" if pruned else "finished",
            run=run_name(number),
        )


def failed_trial(number: int, settings: Mapping[str, Value], error: str) -> Trial:
    """Return a trial that has reached nothing, and why."""
    return Trial(
        number=number,
        settings=dict(settings),
        accuracy=None,
        loss=None,
        state="failed",
        run=run_name(number),
        error=error,
    )


def run_name(number: int) -> str:
    """Return the name of a trial's folder."""
    return f"trial-{number}"


def settings_text(settings: Mapping[str, Value]) -> str:
    """Return settings in one line."""
    return ", ".join(
        f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in settings.items()
    )
