"""A job: one training as plain data, which any process on any machine can do."""

from __future__ import annotations

import dataclasses
import functools
import warnings
from typing import TYPE_CHECKING

import msgspec

from tenfold.data import DataSet, load_dataset
from tenfold.errors import DataWarning, RunError
from tenfold.language import text as _
from tenfold.recipes import Recipe, decisive
from tenfold.records import Run, RunScores, Scored, TrainingOptions

if TYPE_CHECKING:
    from tenfold.training import Observer

__all__ = ["Job", "TrialReference", "pruned_scores", "run_job"]


class TrialReference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The trial of a search that a job belongs to, so that it can be stopped between epochs.

    Args:
        storage: the search's SQLite file.
        number: the trial's number in it.
    """

    storage: str
    number: int


class Job(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to train, on what, and where to keep it.

    Args:
        name: what it is called in messages, such as "cnn-deep, fold 2".
        recipe: what is trained.
        data: a data set's name or path.
        data_hash: sha256 of its pixels and labels.
        folder: the run's folder.
        options: what else decides the training.
        trial: the trial of a search, where it may be stopped early.
    """

    name: str
    recipe: Recipe
    data: str
    data_hash: str
    folder: str
    options: TrainingOptions
    trial: TrialReference | None = None

    @property
    def run(self) -> Run:
        """The run that the job makes."""
        return Run(self.folder)


def run_job(job: Job) -> RunScores:
    """Do a job: begin its run, go on where it stopped, or take a finished run as it is.

    Returns:
        The run's scores; of a job that its search has stopped early those of its last epoch.

    Raises:
        RunError: if the folder holds a run of another plan.
        TenfoldError: as ``tenfold.train`` does.
    """
    run = job.run
    if run.started:
        _check_plan(job)
    if run.finished:
        return run.scores
    from tenfold.experiments._pruning import Pruned, Pruner

    try:
        return _train(job, Pruner(job.trial) if job.trial else None).scores
    except Pruned:
        return pruned_scores(job)


def pruned_scores(job: Job) -> RunScores:
    """Return what a job that was stopped early had reached."""
    last = job.run.history[-1]
    assert last.validation_accuracy is not None
    assert last.validation_loss is not None
    reached = Scored(accuracy=last.validation_accuracy, loss=last.validation_loss)
    return RunScores(validation=reached, pruned=True)


def _train(job: Job, observer: Observer | None) -> Run:
    from tenfold.training import Request, Silence, begin, resume

    data = _load(job.data)
    if data.hash() != job.data_hash:
        raise RunError(_("The data of {data} have changed since this was begun.", data=job.data))
    watching = observer or Silence()
    if job.run.started:
        return resume(job.folder, data, observer=watching)
    request = Request(
        recipe=job.recipe,
        # The run keeps what finds its data again, for whoever resumes or draws it.
        data=dataclasses.replace(data, name=job.data),
        options=job.options,
    )
    return begin(request, run=job.folder, observer=watching)


def _check_plan(job: Job) -> None:
    """Refuse a folder whose run is not the one that the job asks for."""
    plan, options = job.run.plan, job.options
    wanted: dict[str, object] = {
        "seed": options.seed,
        "data_hash": job.data_hash,
        "subset": options.subset,
        "fold": options.fold,
        "threads": options.threads,
    }
    if options.precision is not None:
        # Else it is what the device that began it is fast at, of which the recipe decides.
        wanted["precision"] = options.precision
    differing = [name for name, value in wanted.items() if getattr(plan.settings, name) != value]
    if decisive(plan.recipe) != decisive(job.recipe):
        differing.insert(0, "recipe")
    if differing:
        raise RunError(
            _(
                "{folder} holds a run that is not {job} ({names} not the same). "
                "Choose another folder.",
                folder=job.folder,
                job=job.name,
                names=", ".join(differing),
            )
        )


@functools.lru_cache(maxsize=1)
def _load(data: str) -> DataSet:
    """Load a data set once a process; its jobs nearly always share one."""
    with warnings.catch_warnings():
        # Whoever planned the jobs has loaded the data too, and has said what is odd with them.
        warnings.simplefilter("ignore", DataWarning)
        return load_dataset(data)
