"""What an experiment found, as its folder's results.json holds it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

import msgspec

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.plain import PlainStruct

__all__ = [
    "Comparison",
    "CrossValidation",
    "Data",
    "Failure",
    "Finding",
    "FoldScore",
    "Folds",
    "RecipeScores",
    "Reproduction",
    "Results",
    "SeedScore",
    "SeededRecipe",
    "Seeds",
    "Spread",
    "Sweep",
    "Trial",
    "Value",
    "Verdict",
    "fold_name",
    "spread",
]

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]

Verdict: TypeAlias = Literal["better", "worse", "no difference"]

Value: TypeAlias = int | float | str
"""What a sweep may set a parameter to."""


class Data(msgspec.Struct, frozen=True):
    """The data set that an experiment used: its name or path, and what its pixels hash to."""

    name: str = ""
    sha256: str = ""


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
    accuracy: Share
    repeat: int = 0
    loss: float | None = None
    seconds: float | None = None
    run: str = ""


class Spread(msgspec.Struct, frozen=True):
    """Mean, sample standard deviation (divided by n - 1; none if n is 1), and count."""

    mean: float
    sd: float | None
    n: int


class RecipeScores(msgspec.Struct, frozen=True):
    """One recipe's scores, fold by fold and together; no mean where every fold has failed."""

    name: str
    scores: tuple[FoldScore, ...] = ()
    accuracy: Spread | None = None
    loss: Spread | None = None


class Failure(msgspec.Struct, frozen=True):
    """A fold that could not be trained, and why."""

    recipe: str
    fold: int
    repeat: int = 0
    error: str = ""

    @property
    def name(self) -> str:
        """What the fold is called in messages."""
        return fold_name(self.recipe, self.repeat, self.fold)


class Comparison(msgspec.Struct, frozen=True):
    """How one recipe's accuracy compares with another's on the same folds.

    Args:
        first: a recipe.
        second: another.
        difference: mean accuracy of the first minus the second's, in [-1, 1].
        interval: its 95 % interval by the corrected resampled t-test, for this pair alone.
        p: the test's p-value, after Holm's correction where several pairs are compared.
        n: how many pairs of scores.
        verdict: what the first is, as far as shown: p below 0.05 is a difference.
        pairs: how many pairs of recipes p is corrected for.
        seeds: whether scores differ by seed, rather than by fold.
    """

    first: str
    second: str
    difference: float
    interval: tuple[float, float]
    p: float
    n: int
    verdict: Verdict
    pairs: int = 1
    seeds: bool = False

    @property
    def sentence(self) -> str:
        """All that in words, in the language in force."""
        low, high = (100 * end for end in self.interval)
        points = 100 * self.difference
        values = {"first": self.first, "second": self.second, "p": self._p, "scores": self._scores}
        if self.verdict == "better":
            return _(
                "{first} is better than {second} by {points:.2f} points "
                "(95 % interval {low:.2f} to {high:.2f}, {p}, {scores}).",
                points=points,
                low=low,
                high=high,
                **values,
            )
        if self.verdict == "worse":
            return _(
                "{first} is worse than {second} by {points:.2f} points "
                "(95 % interval {low:.2f} to {high:.2f}, {p}, {scores}).",
                points=-points,
                low=-high,
                high=-low,
                **values,
            )
        return _(
            "{first} and {second}: no difference shown "
            "(mean difference {points:+.2f} points, 95 % interval {low:+.2f} to {high:+.2f}, "
            "{p}, {scores}).",
            points=points,
            low=low,
            high=high,
            **values,
        )

    @property
    def _scores(self) -> str:
        return _("n = {n} seeds", n=self.n) if self.seeds else _("n = {n} folds", n=self.n)

    @property
    def _p(self) -> str:
        places = 3 if self.p < 0.1 else 2
        value = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.{places}f}"
        if self.pairs > 1:
            return _("{p} corrected for {pairs} pairs", p=value, pairs=self.pairs)
        return value


class CrossValidation(PlainStruct, frozen=True, kw_only=True, tag_field="kind", tag="crossval"):
    """What a cross-validation found; ``results.json`` holds the same.

    Args:
        data: the data set.
        folds: how the images were cut.
        recipes: scores by recipe, in the order given.
        comparisons: every two recipes on the folds that both have.
        failed: folds without a score.
        seconds: wall-clock time.
        command: what does it again.
    """

    data: Data = Data()
    folds: Folds | None = None
    recipes: tuple[RecipeScores, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    failed: tuple[Failure, ...] = ()
    seconds: float | None = None
    command: str = ""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a sweep's parameters, and what it reached.

    Args:
        number: from 0, in the order in which they began.
        settings: a value for each parameter.
        accuracy: on the validation images, the mean over folds; none if the trial has failed. Of
            one that was stopped early, its last epoch's.
        loss: likewise.
        state: "pruned" is stopped early, because others were better at the same epoch.
        run: its run's folder, or that of its folds, within the sweep's.
        error: why it failed.
    """

    number: int
    settings: dict[str, Value] = {}
    accuracy: Share | None = None
    loss: float | None = None
    state: Literal["finished", "pruned", "failed"] = "finished"
    run: str = ""
    error: str = ""


class Sweep(PlainStruct, frozen=True, kw_only=True, tag_field="kind", tag="sweep"):
    """What a sweep found; ``results.json`` holds the same.

    Args:
        recipe: the name of the recipe that was varied.
        parameters: the names of what was varied.
        trials: what each setting reached, in the order in which they began.
        best: the number of the best finished trial: highest accuracy, then lowest loss.
        seconds: wall-clock time.
        command: what does it again.
    """

    recipe: str = ""
    parameters: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    best: int | None = None
    seconds: float | None = None
    command: str = ""


class SeedScore(msgspec.Struct, frozen=True):
    """What one training reached on the test images; ``run`` is its folder's name."""

    seed: int
    accuracy: float
    loss: float
    seconds: float
    run: str


class SeededRecipe(msgspec.Struct, frozen=True):
    """One recipe's test scores, seed by seed and together, beside what its source claims."""

    name: str
    claim: str
    scores: tuple[SeedScore, ...]
    accuracy: Spread | None
    loss: Spread | None


class Seeds(PlainStruct, frozen=True, kw_only=True, tag_field="kind", tag="seeds"):
    """What trainings with several seeds found; ``results.json`` holds the same.

    Args:
        data: the data set.
        recipes: scores by recipe, in the order given.
        failed: the name of each training without a score -> why.
        seconds: wall-clock time.
    """

    data: Data = Data()
    recipes: tuple[SeededRecipe, ...] = ()
    failed: dict[str, str] = msgspec.field(default_factory=dict)
    seconds: float | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured for one claim.

    Args:
        key: the claim's.
        accuracy: mean over folds, or of one model on the test images, in [0, 1].
        interval: 95 %: of the mean over folds (Student's t), or Wilson's for one model.
        deviation: sample standard deviation over folds; ``None`` for one model.
        count: folds, or test images.
        seconds: training time, summed over folds.
        agrees: whether the accuracy lies where the claim allows.
        runs: the run folders, relative to the experiment's.
    """

    key: str
    accuracy: float
    interval: tuple[float, float]
    deviation: float | None
    count: int
    seconds: float
    agrees: bool
    runs: tuple[str, ...]


class Reproduction(PlainStruct, frozen=True, kw_only=True, tag_field="kind", tag="reproduction"):
    """What a reproduction of the tutorials found; its parts lie in folders of their own.

    Args:
        data: the data set.
        findings: the key of a claim -> what was measured for it.
        crossval_seconds: how long the cross-validations took, wall-clock.
        comparisons: every two recipes of the cross-validation.
    """

    data: Data = Data()
    findings: dict[str, Finding] = msgspec.field(default_factory=dict)
    crossval_seconds: float = 0.0
    comparisons: tuple[Comparison, ...] = ()


Results: TypeAlias = CrossValidation | Sweep | Seeds | Reproduction


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
