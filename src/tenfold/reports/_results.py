"""What experiment folders hold, checked before a report relies on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from tenfold.complaints import complaint
from tenfold.errors import RunError
from tenfold.experiments import Comparison
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.records import Run
from tenfold.reports._records import Environment, RunRecord, read_run

__all__ = [
    "RESULTS",
    "CrossValidation",
    "Experiment",
    "Plan",
    "Recipe",
    "Sweep",
    "Trial",
    "is_collection",
    "read_experiment",
]

RESULTS = "results.json"
PLAN = "experiment.json"
LARGEST_FILE = 64 * 2**20

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """The data set that an experiment used."""

    name: str = ""
    sha256: str = ""


class Folds(msgspec.Struct, frozen=True, kw_only=True):
    """How the training images were cut."""

    folds: int = 0
    repeats: int = 1
    stratified: bool = False
    seed: int | None = None


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A mean over folds, with its standard deviation and interval where they were computed."""

    mean: float
    sd: float | None = None
    n: int = 1
    interval: tuple[float, float] | None = None


class FoldScore(msgspec.Struct, frozen=True, kw_only=True):
    """One recipe on one fold."""

    fold: int
    accuracy: Share
    loss: float | None = None
    repeat: int = 0
    seconds: float | None = None
    run: str | None = None


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """One recipe on all folds."""

    name: str
    scores: tuple[FoldScore, ...] = ()
    accuracy: Spread | None = None
    loss: Spread | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A fold that could not be trained."""

    recipe: str
    fold: int
    repeat: int = 0
    error: str = ""


class CrossValidation(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="crossval"):
    """What results.json of a cross-validation holds."""

    data: Data = Data()
    folds: Folds = Folds()
    recipes: tuple[Recipe, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    failed: tuple[Failure, ...] = ()
    seconds: float | None = None
    command: str = ""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a sweep."""

    number: int
    settings: dict[str, Any] = {}
    accuracy: Share | None = None
    loss: float | None = None
    state: Literal["finished", "pruned", "failed"] = "finished"
    run: str | None = None
    error: str = ""


class Sweep(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="sweep"):
    """What results.json of a sweep holds."""

    recipe: str = ""
    data: Data = Data()
    trials: tuple[Trial, ...] = ()
    best: int | None = None
    parameters: tuple[str, ...] = ()
    seconds: float | None = None
    command: str = ""


class Reproduction(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="reproduction"):
    """A reproduction, whose parts are in folders of their own inside its folder."""


class Seeds(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="seeds"):
    """Trainings with several seeds, in a folder for each inside one for their recipe."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What of an experiment's plan its results do not say."""

    data: Data = Data()
    subset: int | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What experiment.json holds."""

    plan: Plan = Plan()
    environment: Environment = Environment()


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """An experiment folder."""

    folder: Path
    results: CrossValidation | Sweep
    asked: Asked

    def records(self, folder: str | None) -> list[RunRecord]:
        """Return the run in ``folder`` inside the experiment's, or the runs in its folders.

        Raises:
            RunError: if one is damaged.
        """
        place = self.folder / (folder or "")
        if not folder or not place.resolve().is_relative_to(self.folder.resolve()):
            return []
        if Run(place).started:
            return [read_run(Run(place))]
        return [read_run(Run(path.parent)) for path in sorted(place.glob("*/run.json"))]


def is_collection(folder: Path) -> bool:
    """Whether a folder with results has it from runs and experiments in folders inside it.

    Raises:
        RunError: if they are damaged, or of no kind that is known.
        StorageError: if they cannot be read.
    """
    found = _decoded(folder / RESULTS, CrossValidation | Sweep | Reproduction | Seeds)
    return isinstance(found, Reproduction | Seeds)


def read_experiment(folder: Path) -> Experiment:
    """Read a cross-validation's or a sweep's folder.

    Raises:
        RunError: if its results are damaged.
        StorageError: if they cannot be read.
    """
    results: CrossValidation | Sweep = _decoded(folder / RESULTS, CrossValidation | Sweep)
    plan = folder / PLAN
    asked = _decoded(plan, Asked) if plan.is_file() else Asked()
    return Experiment(folder, results, asked)


def _decoded(path: Path, kind: Any) -> Any:
    try:
        too_large = path.stat().st_size > LARGEST_FILE
        content = b"" if too_large else path.read_bytes()
    except OSError as error:
        raise storage_error(path, error) from error
    if too_large:
        raise RunError(
            _("{path} is larger than {limit} bytes: no results.", path=path, limit=LARGEST_FILE)
        )
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        reason = complaint(error, kind)
        raise RunError(_("{path} is damaged: {reason}", path=path, reason=reason)) from error
