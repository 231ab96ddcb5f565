"""What run folders hold, checked before a report relies on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec

from tenfold.complaints import complaint
from tenfold.errors import RunError
from tenfold.language import text as _
from tenfold.recipes import ReaderRecipe, Recipe
from tenfold.records import EpochRow, Run

__all__ = [
    "AnyRecord",
    "Environment",
    "Fold",
    "ReaderRecord",
    "RunRecord",
    "RunScores",
    "Scored",
    "Settings",
    "read_any_run",
    "read_run",
]

T = TypeVar("T")

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Ten = msgspec.Meta(min_length=10, max_length=10)


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """Scores on one set of images, as ``Evaluation.to_dict`` gives them."""

    accuracy: Share
    loss: float
    interval: tuple[Share, Share] | None = None
    count: Count | None = None
    precision: Annotated[tuple[Share | None, ...], Ten] | None = None
    recall: Annotated[tuple[Share | None, ...], Ten] | None = None
    confusion: Annotated[tuple[Annotated[tuple[Count, ...], Ten], ...], Ten] | None = None


class RunScores(msgspec.Struct, frozen=True, kw_only=True):
    """What scores.json holds."""

    seconds: float | None = None
    test: Scored | None = None
    validation: Scored | None = None


class LineScores(msgspec.Struct, frozen=True, kw_only=True):
    """How well strips are read whole, and empty ones as empty, by their width."""

    whole: dict[str, Share] = {}
    nothing: dict[str, Share] = {}


class DigitScores(msgspec.Struct, frozen=True, kw_only=True):
    """How well single marks of scenes are judged, and digits as they are in the data."""

    accuracy: Share | None = None
    digits: Share | None = None
    digits_called_none: Share | None = None
    none_called_digits: Share | None = None
    plain: Share | None = None


class ReaderScores(msgspec.Struct, frozen=True, kw_only=True):
    """What scores.json of the reader's training holds."""

    seconds: float | None = None
    test: Scored | None = None
    lines: LineScores = LineScores()
    digits: DigitScores = DigitScores()


class Fold(msgspec.Struct, frozen=True, kw_only=True):
    """Which fold of a cross-validation a run held out."""

    index: int = 0
    folds: int = 0
    repeat: int = 0
    seed: int = 0
    stratified: bool = False


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A model that a training began with, or a source of images that were added."""

    name: str = ""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What decided a run beside its recipe."""

    seed: int = 0
    data: str = ""
    data_hash: str = ""
    subset: int | None = None
    fold: Fold | None = None
    device: str = ""
    precision: str = "fp32"
    threads: int | None = None
    processes: int = 1
    start: Named | None = None
    added: tuple[Named, ...] = ()
    add_copies: int = 1


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Where and with what a run was made."""

    platform: str = ""
    processor: str = ""
    cores: int | None = None
    versions: dict[str, str] = {}
    git_revision: str | None = None


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


def read_any_run(run: Run) -> AnyRecord:
    """Read a run folder of either kind, finished or not.

    Raises:
        RunError: if it holds no run, or a file of it is damaged.
        InputError: if its recipe is of a version not known here.
    """
    plan = run.plan
    plain = _part(run, plan, "recipe")
    if plain.get("kind") != "reader":
        return read_run(run)
    return ReaderRecord(
        run=run,
        recipe=ReaderRecipe.from_dict(plain),
        settings=_checked(run, "run.json", _part(run, plan, "settings"), Settings),
        environment=_environment(run),
        history=run.history,
        scores=_checked(run, "scores.json", run.scores, ReaderScores) if run.finished else None,
    )


def read_run(run: Run) -> RunRecord:
    """Read a run folder, finished or not.

    Raises:
        RunError: if it holds no run, or a file of it is damaged.
        InputError: if its recipe is of a version not known here.
    """
    plan = run.plan
    return RunRecord(
        run=run,
        recipe=Recipe.from_dict(_part(run, plan, "recipe")),
        settings=_checked(run, "run.json", _part(run, plan, "settings"), Settings),
        environment=_environment(run),
        history=run.history,
        scores=_checked(run, "scores.json", run.scores, RunScores) if run.finished else None,
    )


def _environment(run: Run) -> Environment:
    if not (run.folder / "environment.json").is_file():
        return Environment()
    return _checked(run, "environment.json", run.environment, Environment)


def _part(run: Run, plan: dict[str, Any], name: str) -> dict[str, Any]:
    part = plan.get(name)
    if not isinstance(part, dict):
        raise _damaged(run, "run.json", f"{name!r}")
    return part


def _checked(run: Run, name: str, plain: dict[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise _damaged(run, name, complaint(error, kind, plain)) from error


def _damaged(run: Run, name: str, reason: str) -> RunError:
    return RunError(_("{path} is damaged: {reason}", path=run.folder / name, reason=reason))
