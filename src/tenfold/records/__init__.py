"""Run folders: what a training was asked, what it did, what it reached."""

from tenfold.records.environment import describe_environment, software_versions
from tenfold.records.history import EpochRow
from tenfold.records.run import Run, numbered_folder
from tenfold.records.trained import trained_model

__all__ = [
    "EpochRow",
    "Run",
    "describe_environment",
    "numbered_folder",
    "software_versions",
    "trained_model",
]
