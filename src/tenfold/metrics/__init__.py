"""Numbers about results: arrays in, numbers out."""

from tenfold.metrics.evaluation import Evaluation, evaluate_probabilities
from tenfold.metrics.intervals import wilson_interval

__all__ = ["Evaluation", "evaluate_probabilities", "wilson_interval"]
