"""From the paths that a person names to what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tenfold.errors import InputError, RunError
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.records import Run
from tenfold.records.experiment import RESULTS, ExperimentFolder
from tenfold.records.results import CrossValidation, Reproduction, Seeds, Sweep
from tenfold.reports._records import AnyRecord, Experiment, ReaderRecord, RunRecord, read_any_run

__all__ = ["Sources", "read_sources"]


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What a report is about, in the order named."""

    runs: tuple[RunRecord, ...]
    readers: tuple[ReaderRecord, ...]
    experiments: tuple[Experiment, ...]


def read_sources(folders: Iterable[str | Path]) -> Sources:
    """Read run folders, experiment folders, and folders that hold run folders.

    The folder of a reproduction, or of trainings with several seeds, stands for what it holds.

    Raises:
        InputError: if none is named.
        RunError: if a folder is none of these, or a file is damaged.
    """
    runs: dict[Path, AnyRecord] = {}
    experiments: dict[Path, Experiment] = {}
    for folder in _parts(map(Path, folders)):
        if (folder / RESULTS).is_file():
            experiments.setdefault(_real(folder), _experiment(folder))
            continue
        for run in _runs_in(folder):
            runs.setdefault(_real(run.folder), read_any_run(run))
    if not runs and not experiments:
        raise InputError(_("Received no folder; expected a run's or an experiment's."))
    return Sources(
        tuple(run for run in runs.values() if isinstance(run, RunRecord)),
        tuple(run for run in runs.values() if isinstance(run, ReaderRecord)),
        tuple(experiments.values()),
    )


def _parts(folders: Iterable[Path]) -> Iterator[Path]:
    """The folders, but for a collection's what it holds."""
    for folder in folders:
        if not (folder / RESULTS).is_file() or not _is_collection(folder):
            yield folder
            continue
        found = list(_held(folder))
        if not found:
            raise RunError(_("{folder} holds no runs any more.", folder=folder))
        yield from found


def _is_collection(folder: Path) -> bool:
    """Whether a folder has its results from runs and experiments in folders inside it."""
    return isinstance(ExperimentFolder(folder).results, Reproduction | Seeds)


def _experiment(folder: Path) -> Experiment:
    found = ExperimentFolder(folder)
    results = found.results
    assert isinstance(results, CrossValidation | Sweep)
    return Experiment(found, results)


def _held(folder: Path) -> Iterator[Path]:
    """The experiments and runs of a collection; those of several seeds are one folder deeper."""
    for one in _inside(folder):
        if (one / RESULTS).is_file() or Run(one).started:
            yield one
        else:
            yield from (each for each in _inside(one) if Run(each).started)


def _runs_in(folder: Path) -> list[Run]:
    """The run that the folder is, or the runs that it holds, by name."""
    if Run(folder).started:
        return [Run(folder)]
    found = [run for run in map(Run, _inside(folder)) if run.started]
    if not found:
        raise RunError(
            _(
                "{folder} is neither a run's folder (with run.json) nor an experiment's (with "
                "results.json), and holds no runs.",
                folder=folder,
            )
        )
    return found


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise storage_error(folder, error) from error


def _real(folder: Path) -> Path:
    try:
        return folder.resolve()
    except (OSError, RuntimeError, ValueError):
        return folder
