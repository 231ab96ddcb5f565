"""The scores of a cross-validation, ready to be compared."""

from __future__ import annotations

from tenfold.experiments.comparison import ScoreSet
from tenfold.records.results import Folds, RecipeScores

__all__ = ["fold_scores"]


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
