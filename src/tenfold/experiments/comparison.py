"""Recipes compared pairwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import msgspec

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.metrics import PairedTest, corrected_t_test, holm
from tenfold.records.results import Comparison, Verdict

__all__ = ["ScoreSet", "compare_sets"]

SIGNIFICANT = 0.05


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
