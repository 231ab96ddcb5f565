"""Experiments: many trainings as plain jobs, and conclusions that hold.

found = tenfold.crossval(["cnn-baseline", "cnn-deep"])
print(found.comparisons[0].sentence)

Importing this package needs no PyTorch; the processes that train load it.
"""

from tenfold.experiments.collect import compare, gather
from tenfold.experiments.comparison import Comparison, ScoreSet, compare_sets
from tenfold.experiments.crossval import crossval
from tenfold.experiments.jobs import Job, run_job
from tenfold.experiments.reproduce import reproduce
from tenfold.experiments.scores import (
    CrossValidation,
    Failure,
    Folds,
    FoldScore,
    RecipeScores,
    Spread,
)
from tenfold.experiments.seeds import Seeds, train_seeds
from tenfold.experiments.sweep import Sweep, sweep

__all__ = [
    "Comparison",
    "CrossValidation",
    "Failure",
    "FoldScore",
    "Folds",
    "Job",
    "RecipeScores",
    "ScoreSet",
    "Seeds",
    "Spread",
    "Sweep",
    "compare",
    "compare_sets",
    "crossval",
    "gather",
    "reproduce",
    "run_job",
    "sweep",
    "train_seeds",
]
