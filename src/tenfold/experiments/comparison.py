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
        sentence: all that in words.
    """

    first: str
    second: str
    difference: float
    interval: tuple[float, float]
    p: float
    n: int
    verdict: Verdict
    sentence: str


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
    # Accuracies cannot differ by more than 1, whatever the interval says.
    low, high = max(-1.0, test.interval[0]), min(1.0, test.interval[1])
    sentence = _sentence(first, second, verdict, test, (low, high), _p_text(p, pairs))
    return Comparison(
        first.name, second.name, test.difference, (low, high), p, test.n, verdict, sentence
    )


def _sentence(
    first: ScoreSet,
    second: ScoreSet,
    verdict: Verdict,
    test: PairedTest,
    interval: tuple[float, float],
    p: str,
) -> str:
    scores = _("n = {n} seeds", n=test.n) if first.seeds else _("n = {n} folds", n=test.n)
    names = {"first": first.name, "second": second.name, "p": p, "scores": scores}
    low, high = (100 * end for end in interval)
    points = 100 * test.difference
    if verdict == "better":
        return _(
            "{first} is better than {second} by {points:.2f} points "
            "(95 % interval {low:.2f} to {high:.2f}, {p}, {scores}).",
            points=points,
            low=low,
            high=high,
            **names,
        )
    if verdict == "worse":
        return _(
            "{first} is worse than {second} by {points:.2f} points "
            "(95 % interval {low:.2f} to {high:.2f}, {p}, {scores}).",
            points=-points,
            low=-high,
            high=-low,
            **names,
        )
    return _(
        "{first} and {second}: no difference shown "
        "(mean difference {points:+.2f} points, 95 % interval {low:+.2f} to {high:+.2f}, "
        "{p}, {scores}).",
        points=points,
        low=low,
        high=high,
        **names,
    )


def _p_text(p: float, pairs: int) -> str:
    value = "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
    if pairs > 1:
        return _("{p} corrected for {pairs} pairs", p=value, pairs=pairs)
    return value
