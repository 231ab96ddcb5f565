"""Run folders: what a training was asked, what it did, what it reached."""

from tenfold.runs.environment import describe_environment, software_versions
from tenfold.runs.history import EpochRow
from tenfold.runs.run import Run, numbered_folder
from tenfold.runs.trained import trained_model

__all__ = [
    "EpochRow",
    "Run",
    "describe_environment",
    "numbered_folder",
    "software_versions",
    "trained_model",
]
