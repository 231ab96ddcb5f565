"""Recipes compared pairwise, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

import msgspec

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.metrics import PairedTest, corrected_t_test, holm

__all__ = ["Comparison", "ScoreSet", "compare_sets"]

SIGNIFICANT = 0.05

Verdict = Literal["better", "worse", "no difference"]


class ScoreSet(msgspec.Struct, frozen=True):
    """The accuracies of one recipe.

    Args:
        name: the recipe's name, made distinct where two would share one.
        scores: what the score was measured on, such as ("fold", 0, 3) -> accuracy, in [0, 1].
            Scores of two recipes are paired by it.
        test_share: images scored by images trained on, 1 / (k - 1) for k folds; 0 where all
            scores share one split and differ by seed.
        seeds: whether scores differ by seed, rather than by fold.
    """

    name: str
    scores: Mapping[tuple[object, ...], float]
    test_share: float
    seeds: bool = False


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


def compare_sets(sets: Sequence[ScoreSet]) -> tuple[Comparison, ...]:
    """Compare every two recipes on the scores that both have; the later one is the first of two.

    Pairs with fewer than two scores in common are left out.

    Raises:
        InputError: if sets of different kinds meet, folds of one number with another.
    """
    tests: list[tuple[ScoreSet, ScoreSet, PairedTest]] = []
    for second, first in combinations(sets, 2):
        if (first.test_share, first.seeds) != (second.test_share, second.seeds):
            raise InputError(
                _(
                    "{first} and {second} were not scored in the same way, so their scores "
                    "cannot be paired: compare runs of the same folds, or of the same seeds.",
                    first=first.name,
                    second=second.name,
                )
            )
        shared = [key for key in first.scores if key in second.scores]
        if len(shared) > 1:
            scores = ([one.scores[key] for key in shared] for one in (first, second))
            tests.append((first, second, corrected_t_test(*scores, test_share=first.test_share)))
    corrected = holm([test.p for _first, _second, test in tests])
    return tuple(
        _comparison(first, second, test, p, len(tests))
        for (first, second, test), p in zip(tests, corrected, strict=True)
    )


def _comparison(
    first: ScoreSet, second: ScoreSet, test: PairedTest, p: float, pairs: int
) -> Comparison:
    verdict: Verdict = "no difference"
    if p < SIGNIFICANT:
        verdict = "better" if test.difference > 0 else "worse"
    return Comparison(
        first.name,
        second.name,
        test.difference,
        # Accuracies cannot differ by more than 1, whatever the interval says.
        (max(-1.0, test.interval[0]), min(1.0, test.interval[1])),
        p,
        test.n,
        verdict,
        pairs,
        first.seeds,
    )
