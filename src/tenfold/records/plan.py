"""What a training was asked: a recipe, and what decides it beside the recipe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec

from tenfold.complaints import complaint
from tenfold.errors import RunError
from tenfold.language import text as _
from tenfold.models.scaling import PixelScaling
from tenfold.plain import PlainStruct
from tenfold.recipes import AnyRecipe, Recipe, recipe_from_dict

__all__ = ["Added", "Fold", "Plan", "Settings", "Start", "TrainingOptions"]


class Fold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fold of a cross-validation, as scikit-learn cuts it.

    Repeat r of a repeated cross-validation is cut with random state ``seed + r``.

    Args:
        index: which fold is held out, from 0.
        folds: how many there are.
        repeat: which repetition, from 0.
        seed: scikit-learn's ``random_state`` of the first repetition.
        stratified: whether each fold holds each digit in the same share.
    """

    index: Annotated[int, msgspec.Meta(ge=0)]
    folds: Annotated[int, msgspec.Meta(ge=2)] = 5
    repeat: Annotated[int, msgspec.Meta(ge=0)] = 0
    seed: int = 1
    stratified: bool = False


class Start(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The model that a training begins with.

    Args:
        name: a bundled model's name, or the path of a model file or run folder.
        sha256: of the model file.
        scaling: of pixels, as the model's card has it: it stays what the weights are used to.
    """

    name: str
    sha256: str
    scaling: PixelScaling


class Added(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One source of images that were added to the training images.

    Args:
        name: a known data set's name, or the path of one.
        sha256: of its pixels and labels.
        count: how many images it gave.
    """

    name: str
    sha256: str = ""
    count: int = 0


class TrainingOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a training is asked for beside recipe and data; as it begins, it becomes ``Settings``.

    Args:
        seed: decides weights, order and dropout.
        subset: how many training images are used, from the first; ``None`` for all.
        fold: the fold of a cross-validation that is held out; ``None`` for none.
        test: whether the test images are scored at the end, where no fold is held out.
        device: "auto", "cpu", "cuda" or "mps".
        precision: "fp32" or "bf16"; ``None`` is as the recipe says, where the device computes
            that without loss of time.
        threads: of the processor, for each process; ``None`` is PyTorch's choice, or a share.
    """

    seed: int = 0
    subset: int | None = None
    fold: Fold | None = None
    test: bool = True
    device: str = "auto"
    precision: str | None = None
    threads: int | None = None


class Settings(PlainStruct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What decides a training beside its recipe.

    Args:
        seed: decides weights, order and dropout.
        data: a known data set's name, or the path of one.
        data_hash: sha256 of its pixels and labels.
        subset: how many training images are used, from the first; ``None`` for all.
        fold: the fold of a cross-validation that is held out; ``None`` for none.
        test: whether the test images are scored at the end.
        device: "cpu", "cuda" or "mps"; empty where an older folder does not say.
        precision: "fp32", or "bf16" for mixed precision.
        threads: of the processor, for each process; ``None`` where an older folder does not say.
        processes: how many the run was begun with.
        start: the model that training begins with; ``None`` for random weights.
        added: where the images come from that are added to the training images.
        add_copies: how often each of them is trained on in an epoch.
        examples: the pictures that the reader's networks are taught further by; ``None`` for none.
    """

    seed: int = 0
    data: str = ""
    data_hash: str = ""
    subset: int | None = None
    fold: Fold | None = None
    test: bool = True
    device: str = ""
    precision: str = "fp32"
    threads: int | None = None
    processes: int = 1
    start: Start | None = None
    added: tuple[Added, ...] = ()
    add_copies: int = 1
    examples: Added | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run folder's run.json holds.

    Args:
        recipe: what is trained.
        settings: what decides it beside that.
    """

    recipe: AnyRecipe
    settings: Settings

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain JSON data."""
        return {"recipe": self.recipe.to_dict(), "settings": self.settings.to_dict()}

    @property
    def network(self) -> Recipe:
        """The recipe, of a training of one network.

        Raises:
            RunError: if it is the reader's, which has two.
        """
        if isinstance(self.recipe, Recipe):
            return self.recipe
        raise RunError(
            _("{name} trains several networks; expected a recipe of one.", name=self.recipe.name)
        )

    @classmethod
    def from_dict(cls, plain: dict[str, Any], path: Path) -> Plan:
        """Return the plan that ``path`` holds as plain JSON data.

        Raises:
            RunError: if something is missing or wrong; names it.
            InputError: if the recipe is of a version not known here.
        """
        for name in ("recipe", "settings"):
            if not isinstance(plain.get(name), dict):
                reason = _("{field} is missing", field=name)
                raise RunError(_("{path} is damaged: {reason}", path=path, reason=reason))
        try:
            settings = msgspec.convert(plain["settings"], Settings)
        except msgspec.ValidationError as error:
            reason = complaint(error, Settings, plain["settings"])
            raise RunError(_("{path} is damaged: {reason}", path=path, reason=reason)) from error
        return cls(recipe_from_dict(plain["recipe"]), settings)
