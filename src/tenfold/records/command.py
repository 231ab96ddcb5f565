"""What a command was asked, as plain data, and the line that asks it again.

A field of a plan is the option of its name, an argument where it is marked so.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, TypeAlias

from tenfold.records.plan import TrainingOptions

__all__ = [
    "CrossvalPlan",
    "EvaluatePlan",
    "Plan",
    "ReproducePlan",
    "SweepPlan",
    "TrainPlan",
    "changes_as_text",
    "command_line",
]

Texts: TypeAlias = Mapping[str, str]


ARGUMENT = {"argument": True}
SETTINGS = {"option": "--set"}
"""For a mapping, which is written pair by pair."""
ALWAYS = {"always": True}
"""For an option that is written even where it has its default: what is read back is plain."""


@dataclass(frozen=True, kw_only=True)
class TrainPlan:
    """One training; every field decides the weights.

    Args:
        recipe: a name, or the path of a recipe file.
        changes: fields of the recipe -> their values as text.
        precision: None is as the recipe says.
        threads: None is PyTorch's choice.
    """

    verb: ClassVar[str] = "train"

    recipe: str = field(default="sprint", metadata=ARGUMENT)
    changes: Texts = field(default_factory=dict, metadata=SETTINGS)
    start_from: str | None = None
    add: tuple[str, ...] = ()
    add_copies: int | None = None
    data: str = "mnist"
    seed: int = field(default=0, metadata=ALWAYS)
    subset: int | None = None
    device: str = "auto"
    precision: str | None = None
    threads: int | None = None

    @property
    def training_options(self) -> TrainingOptions:
        """What decides the training beside recipe and data."""
        return TrainingOptions(
            seed=self.seed,
            subset=self.subset,
            device=self.device,
            precision=self.precision,
            threads=self.threads,
        )


@dataclass(frozen=True, kw_only=True)
class CrossvalPlan:
    """A cross-validation; fields as for ``tenfold.crossval``."""

    verb: ClassVar[str] = "crossval"

    recipes: tuple[str, ...] = field(metadata=ARGUMENT)
    folds: int = field(default=5, metadata=ALWAYS)
    repeats: int = 1
    stratified: bool = False
    seed: int = 1
    data: str = "mnist"
    changes: Texts = field(default_factory=dict, metadata=SETTINGS)
    subset: int | None = None
    device: str = "auto"
    precision: str | None = None
    threads: int = 1


@dataclass(frozen=True, kw_only=True)
class SweepPlan:
    """A sweep or search; fields as for ``tenfold.sweep``.

    Args:
        settings: what is varied -> its values, as ``--set`` takes them.
        validation: how many images are held out, or what share.
        epochs: instead of the recipe's.
    """

    verb: ClassVar[str] = "sweep"

    recipe: str = field(metadata=ARGUMENT)
    settings: Texts = field(default_factory=dict, metadata=SETTINGS)
    search: int | None = None
    folds: int | None = None
    validation: str | None = None
    seed: int = 0
    data: str = "mnist"
    epochs: int | None = None
    subset: int | None = None
    device: str = "auto"
    precision: str | None = None
    threads: int = 1


@dataclass(frozen=True, kw_only=True)
class ReproducePlan:
    """Recipes trained with several seeds, or without recipes the tutorials."""

    verb: ClassVar[str] = "reproduce"

    recipes: tuple[str, ...] = field(default=(), metadata=ARGUMENT)
    seeds: int | None = None
    data: str = "mnist"
    epochs: int | None = None
    subset: int | None = None


@dataclass(frozen=True, kw_only=True)
class EvaluatePlan:
    """A model scored on one split of a data set, with a page if ``report`` names one."""

    verb: ClassVar[str] = "evaluate"

    model: str = field(metadata=ARGUMENT)
    data: str = field(default="mnist", metadata=ALWAYS)
    split: str = field(default="test", metadata=ALWAYS)
    label_column: str | None = None
    report: str | None = None


Plan: TypeAlias = TrainPlan | CrossvalPlan | SweepPlan | ReproducePlan | EvaluatePlan


def command_line(plan: Plan, *, processes: int = 1, run: str | None = None) -> str:
    """Return what to type in a shell to have ``plan`` done again.

    What has its default is left out. So is what decides no weights: folders, how many trainings
    are done at once, and by which engine.

    Args:
        plan: what was asked.
        processes: how many trained one network together, on one machine.
        run: the folder for a training, where it is to be named.
    """
    words = ["tenfold", plan.verb]
    if processes > 1:
        words = ["torchrun", "--nproc-per-node", str(processes), "-m", "--", *words]
    arguments = [word for part in fields(plan) for word in _arguments(part, plan)]
    options = [word for part in fields(plan) for word in _options(part, getattr(plan, part.name))]
    options += [] if run is None else ["--run", run]
    if any(word.startswith("-") for word in arguments):
        return shlex.join([*words, *options, "--", *arguments])
    return shlex.join([*words, *arguments, *options])


def changes_as_text(changes: Mapping[str, object]) -> dict[str, str] | None:
    """Return changes of a recipe as ``--set`` takes them; None if one has no such form."""
    plain = (str, int, float, bool, type(None))
    if not all(isinstance(value, plain) for value in changes.values()):
        return None
    return {name: _text(value) for name, value in changes.items()}


def _text(value: object) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _arguments(part: Field[Any], plan: Plan) -> Sequence[str]:
    value = getattr(plan, part.name)
    if not part.metadata.get("argument"):
        return ()
    return value if isinstance(value, tuple) else (value,)


def _options(part: Field[Any], value: Any) -> Iterator[str]:
    if part.metadata.get("argument"):
        return
    option = part.metadata.get("option", "--" + part.name.replace("_", "-"))
    if isinstance(value, Mapping):
        for name, setting in value.items():
            yield from (option, f"{name}={setting}")
    elif isinstance(value, tuple):
        for one in value:
            yield from (option, one)
    elif part.metadata.get("always") or value != part.default:
        yield option
        if not isinstance(value, bool):
            yield str(value)
