"""What a run or an experiment is, typed once: what was asked, what it did, what it reached."""

from tenfold.records.environment import Environment, describe_environment, software_versions
from tenfold.records.history import EpochRow
from tenfold.records.plan import Added, Fold, Plan, Settings, Start, TrainingOptions
from tenfold.records.run import Run, numbered_folder
from tenfold.records.scores import (
    DigitScores,
    InkScores,
    LineScores,
    ReaderScores,
    RunScores,
    Scored,
    SignScores,
)
from tenfold.records.trained import trained_model

__all__ = [
    "Added",
    "DigitScores",
    "Environment",
    "EpochRow",
    "Fold",
    "InkScores",
    "LineScores",
    "Plan",
    "ReaderScores",
    "Run",
    "RunScores",
    "Scored",
    "Settings",
    "SignScores",
    "Start",
    "TrainingOptions",
    "describe_environment",
    "numbered_folder",
    "software_versions",
    "trained_model",
]
