"""Stopping a training between epochs when its search has seen better ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from tenfold.records import EpochRow

if TYPE_CHECKING:
    import optuna

    from tenfold.experiments.jobs import TrialReference
    from tenfold.training.progress import Extent

__all__ = ["Pruned", "Pruner", "open_storage", "open_study"]

STUDY = "sweep"


class Pruned(Exception):  # noqa: N818 - it stops a training, and no error has happened
    """Leaves a training after an epoch; only ``run_job`` catches it."""


def open_storage(path: str) -> optuna.storages.RDBStorage:
    """Open the SQLite file in which a search is kept; make it where there is none."""
    import optuna
    from sqlalchemy.engine import URL

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    # Several workers write to it; none of them gives up soon.
    patience = {"connect_args": {"timeout": 60}}
    url = URL.create("sqlite", database=path).render_as_string()
    return optuna.storages.RDBStorage(url, engine_kwargs=patience)


def open_study(storage: optuna.storages.RDBStorage, seed: int = 0) -> optuna.Study:
    """Open the search that ``storage`` holds; begin it where there is none.

    A trial is stopped when its best validation accuracy so far is below the median of the
    earlier trials' at the same epoch, once five trials have ended.
    """
    import optuna

    return optuna.create_study(
        storage=storage,
        study_name=STUDY,
        direction="maximize",
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=5),
    )


@final
class Pruner:
    """Reports each epoch's validation accuracy to the search, and stops where it says so."""

    def __init__(self, reference: TrialReference) -> None:
        from optuna.trial import Trial

        self._storage = open_storage(reference.storage)
        study = open_study(self._storage)
        identity = self._storage.get_trial_id_from_study_id_trial_number(
            self._storage.get_study_id_from_name(STUDY), reference.number
        )
        self._trial = Trial(study, identity)

    def on_start(self, plan: Extent) -> None:
        """Do nothing."""

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        """Do nothing."""

    def on_epoch(self, row: EpochRow) -> None:
        """Report the epoch.

        Raises:
            Pruned: if the trial is to be stopped here.
        """
        self._trial.report(row.validation_accuracy or 0.0, row.epoch)
        if self._trial.should_prune():
            raise Pruned

    def on_end(self) -> None:
        """Close the search's file."""
        self._storage.remove_session()
        self._storage.engine.dispose()
