"""From the paths that a person names to what they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tenfold.errors import InputError, RunError
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.reports._records import RunRecord, read_run
from tenfold.reports._results import RESULTS, Experiment, read_experiment
from tenfold.runs import Run

__all__ = ["Sources", "read_sources"]


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What a report is about, in the order named."""

    runs: tuple[RunRecord, ...]
    experiments: tuple[Experiment, ...]


def read_sources(folders: Iterable[str | Path]) -> Sources:
    """Read run folders, experiment folders, and folders that hold run folders.

    Raises:
        InputError: if none is named.
        RunError: if a folder is none of these, or a file is damaged.
    """
    runs: dict[Path, RunRecord] = {}
    experiments: dict[Path, Experiment] = {}
    for folder in map(Path, folders):
        if (folder / RESULTS).is_file():
            experiments.setdefault(_real(folder), read_experiment(folder))
            continue
        for run in _runs_in(folder):
            runs.setdefault(_real(run.folder), read_run(run))
    if not runs and not experiments:
        raise InputError(_("Received no folder; expected a run's or an experiment's."))
    return Sources(tuple(runs.values()), tuple(experiments.values()))


def _runs_in(folder: Path) -> list[Run]:
    """The run that the folder is, or the runs that it holds, by name."""
    if Run(folder).started:
        return [Run(folder)]
    try:
        inside = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise storage_error(folder, error) from error
    found = [run for run in map(Run, inside) if run.started]
    if not found:
        raise RunError(
            _(
                "{folder} is neither a run's folder (with run.json) nor an experiment's (with "
                "results.json), and holds no runs.",
                folder=folder,
            )
        )
    return found


def _real(folder: Path) -> Path:
    try:
        return folder.resolve()
    except (OSError, RuntimeError, ValueError):
        return folder
