"""A NumPy archive with the keys of Keras's mnist.npz: x_train, y_train, x_test, y_test.

Read are all usual names of images and labels: X_train, trainX, train_images, data and target.
"""

from __future__ import annotations

from pathlib import Path

from tenfold.data.formats._npz import array_names, load_archive, save_archive
from tenfold.data.formats.npz_tutorial import KEYS as TUTORIAL
from tenfold.data.images import DataSet
from tenfold.language import text as _

__all__ = ["SPLITS", "SUFFIXES", "describe", "load", "save", "sniff"]

SPLITS = ("train", "test")
SUFFIXES = (".npz",)
_KEYS = {"train": ("x_train", "y_train"), "test": ("x_test", "y_test")}


def describe() -> str:
    """Return one line on the format."""
    return _(
        "a NumPy archive with Keras's keys x_train, y_train, x_test, y_test, or other usual ones"
    )


def sniff(path: Path) -> bool:
    """Return whether ``path`` is a NumPy archive with other keys than the tutorial's."""
    names = array_names(path)
    return bool(names) and {key for pair in TUTORIAL.values() for key in pair}.isdisjoint(names)


def load(path: Path) -> DataSet:
    """Load the splits whose arrays are there.

    Raises:
        FormatError: if an array is missing, damaged or no digits.
    """
    return load_archive(path)


def save(data: DataSet, path: Path) -> None:
    """Write one compressed archive: uint8 [N, 28, 28] and uint8 [N]."""
    save_archive(data, path, _KEYS)
