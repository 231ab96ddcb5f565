"""The run folders that a service shows: which there are, and how each of them is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from tenfold.errors import RunError, TenfoldError
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.records import EpochRow, Run, RunScores

__all__ = ["FILES", "RunState", "bounded", "describe_run", "find_runs", "history_of"]

DEEPEST = 4
"""Run folders are looked for so many folders deep."""

MOST_FOLDERS = 2000
LARGEST_FILE = 16 * 2**20
FILES = ("run.json", "scores.json", "history.jsonl")


@dataclass(frozen=True, slots=True)
class RunState:
    """How a run is.

    Attributes:
        name: of its folder, as the service calls it.
        recipe: its recipe's name.
        state: "running" while a living process has its folder locked, "finished", "interrupted",
            or "damaged" where its files cannot be understood.
        epoch: how many epochs are done.
        epochs: how many there will be.
        accuracy: on the test images, or those held out, once it is finished; before, on what it
            watches, or on what it trains on; 0 to 1.
        loss: on the same images.
        started: when its plan was written, ISO 8601, UTC.
        detail: in words, what is damaged.
    """

    name: str
    recipe: str | None
    state: str
    epoch: int | None = None
    epochs: int | None = None
    accuracy: float | None = None
    loss: float | None = None
    started: str | None = None
    detail: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return asdict(self)


def find_runs(root: Path) -> dict[str, Path]:
    """Return the run folders inside ``root`` by name, which is their path with "~" for "/".

    Links are not followed, and inside a run's folder no other is looked for.
    """
    found: dict[str, Path] = {}
    for looked, (folder, inside, files) in enumerate(os.walk(root), start=1):
        here = Path(folder)
        parts = here.relative_to(root).parts
        if looked >= MOST_FOLDERS:
            break
        is_run = bool(parts) and "run.json" in files and Run(here).started
        if is_run:
            found.setdefault("~".join(parts), here)
        keep = not is_run and len(parts) < DEEPEST
        inside[:] = sorted(name for name in inside if keep and not name.startswith("."))
    return found


def describe_run(name: str, folder: Path) -> RunState:
    """Return how a run is; a damaged one says what is damaged."""
    run = Run(folder)
    started = _started(folder)
    try:
        with bounded(folder):
            # The state first: what a training writes after it is in the next answer.
            state = _state(run)
            recipe = run.plan.recipe
            rows = run.history
            accuracy, loss = _scores(run.scores if state == "finished" else RunScores(), rows)
    except TenfoldError as error:
        return RunState(name, None, "damaged", started=started, detail=str(error))
    return RunState(name, recipe.name, state, len(rows), recipe.epochs, accuracy, loss, started)


def history_of(folder: Path) -> list[EpochRow]:
    """Return a run's history, oldest first.

    Raises:
        RunError: if it is damaged.
    """
    with bounded(folder):
        return Run(folder).history


@contextmanager
def bounded(folder: Path) -> Iterator[None]:
    """Within the block a run's files are read: none is too large, nor its JSON too deep.

    Raises:
        RunError: if one is.
        StorageError: if one cannot be looked at.
    """
    for name in FILES:
        path = folder / name
        try:
            size = path.stat().st_size if path.is_file() else 0
        except OSError as error:
            raise storage_error(path, error) from error
        if size > LARGEST_FILE:
            raise RunError(
                _("{path} is damaged: {reason}", path=path, reason=_("it is far too large"))
            )
    try:
        yield
    except RecursionError as error:
        raise RunError(_("{path} is damaged: {reason}", path=folder, reason=error)) from error


def _state(run: Run) -> str:
    if not run.finished and _is_locked(run.folder):
        return "running"
    # It may have ended while its lock was looked at.
    return "finished" if run.finished else "interrupted"


def _is_locked(folder: Path) -> bool:
    path = folder / ".lock"
    if not path.is_file():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
    except OSError as error:
        raise storage_error(path, error) from error


def _scores(scores: RunScores, rows: list[EpochRow]) -> tuple[float | None, float | None]:
    """The accuracy and loss that say most of how good the run is so far."""
    if scores.best is not None:
        return scores.best.accuracy, scores.best.loss
    if not rows:
        return None, None
    last = rows[-1]
    if last.validation_accuracy is not None:
        return last.validation_accuracy, last.validation_loss
    return last.accuracy, last.loss


def _started(folder: Path) -> str | None:
    try:
        written = (folder / "run.json").stat().st_mtime
    except OSError:
        # It was removed just now; what follows says so.
        return None
    return datetime.fromtimestamp(written, UTC).isoformat(timespec="seconds")
