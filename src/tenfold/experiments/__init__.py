"""Experiments: many trainings as plain jobs, and conclusions that hold.

found = tenfold.crossval(["cnn-baseline", "cnn-deep"])
print(found.comparisons[0].sentence)

Importing this package needs no PyTorch; the processes that train load it.
"""

from tenfold.experiments.collect import compare, gather
from tenfold.experiments.comparison import ScoreSet, compare_sets
from tenfold.experiments.crossval import crossval
from tenfold.experiments.jobs import Job, run_job
from tenfold.experiments.reproduce import reproduce
from tenfold.experiments.seeds import train_seeds
from tenfold.experiments.sweep import sweep

__all__ = [
    "Job",
    "ScoreSet",
    "compare",
    "compare_sets",
    "crossval",
    "gather",
    "reproduce",
    "run_job",
    "sweep",
    "train_seeds",
]
