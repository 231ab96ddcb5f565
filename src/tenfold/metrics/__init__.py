"""Numbers about results: arrays in, numbers out."""

from tenfold.metrics.calibration import CalibrationCurve, measure_calibration
from tenfold.metrics.classes import ClassScores, Shares, score_classes
from tenfold.metrics.comparison import PairedTest, corrected_t_test, holm
from tenfold.metrics.evaluation import Evaluation, evaluate_probabilities
from tenfold.metrics.intervals import wilson_interval
from tenfold.metrics.projection import project
from tenfold.metrics.temperature import fit_temperature, tempered

__all__ = [
    "CalibrationCurve",
    "ClassScores",
    "Evaluation",
    "PairedTest",
    "Shares",
    "corrected_t_test",
    "evaluate_probabilities",
    "fit_temperature",
    "holm",
    "measure_calibration",
    "project",
    "score_classes",
    "tempered",
    "wilson_interval",
]
