"""What a cross-validation found, as frozen data that JSON holds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tenfold.errors import InputError
from tenfold.experiments.comparison import Comparison, ScoreSet
from tenfold.language import text as _

__all__ = [
    "CrossValidation",
    "Failure",
    "FoldScore",
    "Folds",
    "RecipeScores",
    "Spread",
    "fold_name",
    "fold_scores",
    "spread",
]


class Folds(msgspec.Struct, frozen=True):
    """How the training images are cut, as scikit-learn's KFold or StratifiedKFold does.

    Args:
        folds: how many parts; each is held out once.
        repeats: how many times, repeat r with random state ``seed + r``.
        stratified: whether each part holds each digit in the same share.
        seed: scikit-learn's ``random_state``.
    """

    folds: int = 5
    repeats: int = 1
    stratified: bool = False
    seed: int = 1

    def __post_init__(self) -> None:
        if self.folds < 2 or self.repeats < 1 or not 0 <= self.seed < 2**32 - self.repeats:
            raise InputError(
                _(
                    "Received {folds} folds, {repeats} repeats and seed {seed}; expected at least "
                    "2 folds, 1 repeat, and a seed of 0 or more that fits 32 bits.",
                    folds=self.folds,
                    repeats=self.repeats,
                    seed=self.seed,
                )
            )


class FoldScore(msgspec.Struct, frozen=True):
    """What one training scored on the images it was not shown; ``run`` is its folder's name."""

    fold: int
    repeat: int
    accuracy: float
    loss: float
    seconds: float
    run: str


class Spread(msgspec.Struct, frozen=True):
    """Mean, sample standard deviation (divided by n - 1; none if n is 1), and count."""

    mean: float
    sd: float | None
    n: int


class RecipeScores(msgspec.Struct, frozen=True):
    """One recipe's scores, fold by fold and together; no mean where every fold has failed."""

    name: str
    scores: tuple[FoldScore, ...]
    accuracy: Spread | None
    loss: Spread | None


class Failure(msgspec.Struct, frozen=True):
    """A fold that could not be trained, and why."""

    recipe: str
    fold: int
    repeat: int
    error: str

    @property
    def name(self) -> str:
        """What the fold is called in messages."""
        return fold_name(self.recipe, self.repeat, self.fold)


class CrossValidation(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="crossval"):
    """What a cross-validation found; ``results.json`` holds the same.

    Args:
        data: the data set's "name" and "sha256".
        folds: how the images were cut.
        recipes: scores by recipe, in the order given.
        comparisons: every two recipes on the folds that both have.
        failed: folds without a score.
        seconds: wall-clock time.
        command: what does it again.
    """

    data: dict[str, str]
    folds: Folds
    recipes: tuple[RecipeScores, ...]
    comparisons: tuple[Comparison, ...]
    failed: tuple[Failure, ...]
    seconds: float
    command: str
    folder: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the results as plain JSON data, without the folder they lie in."""
        plain: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(self, folder=None))
        del plain["folder"]
        return plain


def fold_name(recipe: str, repeat: int, fold: int) -> str:
    """Return what a fold of a recipe is called in messages; both count from 0."""
    if repeat:
        return _("{recipe}, repeat {repeat}, fold {fold}", recipe=recipe, repeat=repeat, fold=fold)
    return _("{recipe}, fold {fold}", recipe=recipe, fold=fold)


def spread(values: Sequence[float]) -> Spread | None:
    """Return mean and sample standard deviation of ``values``, or ``None`` if there are none."""
    if not values:
        return None
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return Spread(statistics.fmean(values), deviation, len(values))


def fold_scores(
    one: RecipeScores, cut: Folds, data_hash: str, subset: int | None = None
) -> ScoreSet:
    """Return a recipe's accuracies under what they were measured on, ready to be compared."""
    scores: dict[tuple[object, ...], float] = {}
    for score in one.scores:
        seed = cut.seed + score.repeat
        key = (data_hash, subset, cut.folds, cut.stratified, seed, score.fold)
        scores[key] = score.accuracy
    return ScoreSet(one.name, scores, 1 / (cut.folds - 1))
