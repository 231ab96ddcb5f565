"""A search: Optuna proposes each trial from what the earlier ones have reached."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, final

from tenfold.errors import InputError, MissingExtraError
from tenfold.experiments._crew import JobRunner, at_work, need_training
from tenfold.experiments._pruning import open_storage, open_study
from tenfold.experiments._space import Range, Space
from tenfold.experiments._trials import Trials, failed_trial
from tenfold.experiments.engines import EngineChoice, Outcome
from tenfold.experiments.jobs import Job, pruned_scores, run_job
from tenfold.language import text as _
from tenfold.records.results import Trial, Value

if TYPE_CHECKING:
    import optuna

__all__ = ["search"]

ERROR = "error"


def search(
    trials: Trials, space: Space, count: int, workers: int | None, choice: EngineChoice
) -> tuple[list[Trial], float]:
    """Do ``count`` trials in all, those of an interrupted search included.

    Returns:
        The trials in order, and the seconds it took; none if there was nothing left to do.

    Raises:
        MissingExtraError: if Optuna is not installed.
    """
    try:
        import optuna  # noqa: F401 - only to say in time what is missing
    except ImportError as error:
        raise MissingExtraError("train", _("A search")) from error
    storage = open_storage(str(trials.folder / "search.sqlite3"))
    try:
        # Each continuation draws anew, not what the first trials drew.
        before = len(open_study(storage).get_trials(deepcopy=False))
        under_way = _Search(trials, space, storage, trials.options.seed + before)
        took = under_way.run(count, workers, choice)
    finally:
        storage.remove_session()
        storage.engine.dispose()
    return [under_way.ended[number] for number in sorted(under_way.ended)], took


@final
class _Search:
    """A search under way: which trials are at work, and what has come of the others."""

    def __init__(
        self, trials: Trials, space: Space, storage: optuna.storages.RDBStorage, seed: int
    ) -> None:
        self._trials = trials
        self._distributions = distributions(space)
        self._storage = storage
        self._study = open_study(storage, seed)
        self._settings: dict[int, dict[str, Value]] = {}
        self._at_work: dict[int, list[Job]] = {}
        self._outcomes: dict[str, Outcome] = {}
        self.ended: dict[int, Trial] = {}

    def run(self, count: int, workers: int | None, choice: EngineChoice) -> float:
        """Do trials until there are ``count``; return the seconds it took."""
        interrupted = [old for old in self._study.trials if not self._recall(old)]
        missing = count - len(self.ended)
        if missing < 1:
            return 0.0
        if choice.address is None:
            need_training()
        began = time.monotonic()
        jobs = missing * (self._trials.folds.folds if self._trials.folds else 1)
        with at_work(jobs, workers, self._trials.options.threads or 1, choice) as crew:
            for old in interrupted:
                self._submit(crew, old.number, old.params)
            self._fill(crew, count)
            for outcome in crew.results():
                self._outcomes[outcome.job.folder] = outcome
                self._settle()
                self._fill(crew, count)
        return time.monotonic() - began

    def _recall(self, old: optuna.trial.FrozenTrial) -> bool:
        """Take in a trial of an earlier invocation; return whether there is nothing left to do."""
        if old.params.keys() != self._distributions.keys():
            # Killed before all of its settings were drawn.
            self._tell(old.number, None, "FAIL")
            return True
        if old.state.name == "FAIL":
            error = str(old.user_attrs.get(ERROR, ""))
            self.ended[old.number] = failed_trial(old.number, old.params, error)
            return True
        jobs = self._trials.jobs(old.number, old.params)
        pruned = old.state.name == "PRUNED"
        if not pruned and not all(job.run.finished for job in jobs):
            return False
        outcomes = [Outcome(job, pruned_scores(job) if pruned else run_job(job)) for job in jobs]
        self._end(self._trials.trial(old.number, old.params, outcomes))
        return True

    def _fill(self, crew: JobRunner, count: int) -> None:
        """Begin trials until every worker has one."""
        while (
            len(self._at_work) < crew.engine.workers
            and len(self._at_work) + len(self.ended) < count
        ):
            trial = self._study.ask(self._distributions)
            self._submit(crew, trial.number, trial.params)

    def _submit(self, crew: JobRunner, number: int, settings: Mapping[str, Value]) -> None:
        try:
            jobs = self._trials.jobs(number, settings)
        except InputError as error:
            self._end(failed_trial(number, settings, str(error)))
            return
        self._at_work[number] = jobs
        self._settings[number] = dict(settings)
        for job in jobs:
            crew.submit(job)

    def _settle(self) -> None:
        """End the trials whose jobs have all ended."""
        for number, jobs in list(self._at_work.items()):
            if all(job.folder in self._outcomes for job in jobs):
                outcomes = [self._outcomes.pop(job.folder) for job in jobs]
                del self._at_work[number]
                self._end(self._trials.trial(number, self._settings[number], outcomes))

    def _end(self, trial: Trial) -> None:
        self.ended[trial.number] = trial
        if trial.state == "failed":
            identity = self._storage.get_trial_id_from_study_id_trial_number(
                self._storage.get_study_id_from_name(self._study.study_name), trial.number
            )
            self._storage.set_trial_user_attr(identity, ERROR, trial.error)
        states = {"finished": "COMPLETE", "pruned": "PRUNED", "failed": "FAIL"}
        reached = trial.accuracy if trial.state == "finished" else None
        self._tell(trial.number, reached, states[trial.state])

    def _tell(self, number: int, reached: float | None, state: str) -> None:
        from optuna.trial import TrialState

        self._study.tell(number, reached, TrialState[state], skip_if_finished=True)


def distributions(space: Space) -> dict[str, optuna.distributions.BaseDistribution]:
    """Return a search space in Optuna's terms."""
    from optuna.distributions import (
        BaseDistribution,
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    found: dict[str, BaseDistribution] = {}
    for name, values in space.items():
        if not isinstance(values, Range):
            found[name] = CategoricalDistribution(values)
        elif isinstance(values.low, int) and isinstance(values.high, int):
            found[name] = IntDistribution(values.low, values.high, log=values.log)
        else:
            found[name] = FloatDistribution(values.low, values.high, log=values.log)
    return found
