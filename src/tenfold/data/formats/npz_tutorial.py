"""A NumPy archive with the tutorial's keys: train_x, train_y, test_x, test_y."""

from __future__ import annotations

from pathlib import Path

from tenfold.data.formats._npz import array_names, load_archive, save_archive
from tenfold.data.images import DataSet
from tenfold.language import text as _

__all__ = ["KEYS", "SPLITS", "SUFFIXES", "describe", "load", "save", "sniff"]

SPLITS = ("train", "test")
SUFFIXES: tuple[str, ...] = ()
KEYS = {"train": ("train_x", "train_y"), "test": ("test_x", "test_y")}


def describe() -> str:
    """Return one line on the format."""
    return _("a NumPy archive with the tutorial's keys train_x, train_y, test_x, test_y")


def sniff(path: Path) -> bool:
    """Return whether ``path`` is a NumPy archive with one of these keys."""
    return not {key for pair in KEYS.values() for key in pair}.isdisjoint(array_names(path))


def load(path: Path) -> DataSet:
    """Load the splits whose arrays are there.

    Raises:
        FormatError: if an array is missing, damaged or no digits.
    """
    return load_archive(path)


def save(data: DataSet, path: Path) -> None:
    """Write one compressed archive: uint8 [N, 28, 28] and uint8 [N]."""
    save_archive(data, path, KEYS)
