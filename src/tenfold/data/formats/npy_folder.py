"""A folder of NumPy files: x_train.npy, y_train.npy, x_test.npy, y_test.npy, or the like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.data.bounded import opened
from tenfold.data.folders import check_inside, replacing_folder
from tenfold.data.formats._named_arrays import load_named
from tenfold.data.formats._npz import array_errors, read_array, read_shape
from tenfold.data.images import DataSet
from tenfold.language import text as _

__all__ = ["SPLITS", "SUFFIXES", "describe", "load", "save", "sniff"]

SPLITS = ("train", "valid", "test")
SUFFIXES: tuple[str, ...] = ()


def describe() -> str:
    """Return one line on the format."""
    return _("a folder of NumPy files: x_train.npy, y_train.npy and so on, or other usual names")


def sniff(path: Path) -> bool:
    """Return whether ``path`` is a folder with a NumPy file in it."""
    return bool(_files(path))


def load(path: Path) -> DataSet:
    """Load the splits whose arrays are there.

    Raises:
        FormatError: if an array is missing, damaged or no digits.
    """
    files = _files(path)
    shapes = {}
    for key, file in files.items():
        check_inside(file, path)
        with array_errors(key, path), opened(file) as content:
            shapes[key] = read_shape(content)

    def read(key: str) -> npt.NDArray[Any]:
        with array_errors(key, path), opened(files[key]) as content:
            return read_array(content, key, path)

    return load_named(path, shapes, read)


def save(data: DataSet, path: Path) -> None:
    """Write uint8 [N, 28, 28] as x_train.npy and uint8 [N] as y_train.npy, and so on."""
    with replacing_folder(path) as folder:
        for split, arrays in data.splits.items():
            for name, array in zip("xy", arrays, strict=True):
                np.save(folder / f"{name}_{split}.npy", array, allow_pickle=False)


def _files(path: Path) -> dict[str, Path]:
    if not path.is_dir():
        return {}
    return {file.stem: file for file in sorted(path.glob("*.npy")) if file.is_file()}
