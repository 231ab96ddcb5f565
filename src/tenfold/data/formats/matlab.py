"""MATLAB's .mat: mnist_all (train0 ... test9), mnist-original (data, label), or other usual names.

Arrays of images hold one in a column or, last, in a plane: data [784, N], X [28, 28, N].
Whatever is no array of numbers stays unread.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.data.arrays import labeled
from tenfold.data.bounded import head, opened, read_whole
from tenfold.data.formats import joined
from tenfold.data.formats._mat5 import VERSION_5, read_arrays, written
from tenfold.data.formats._named_arrays import load_named
from tenfold.data.images import CLASSES, SIZE, SPLITS, DataSet, LabeledImages
from tenfold.errors import FormatError
from tenfold.files import write_whole
from tenfold.language import text as _

__all__ = ["SPLITS", "SUFFIXES", "describe", "load", "save", "sniff"]

SUFFIXES = (".mat",)

_MAGIC = b"MATLAB "
_PIXELS = SIZE * SIZE
_OF_CLASS = re.compile(r"(train|test)([0-9])")


def describe() -> str:
    """Return one line on the format."""
    return _("MATLAB's .mat up to version 7: mnist_all, mnist-original")


def sniff(path: Path) -> bool:
    """Return whether ``path`` begins as MATLAB's files do."""
    return head(path, len(_MAGIC)) == _MAGIC


def load(path: Path) -> DataSet:
    """Load the splits whose arrays are there; of mnist_all, class by class.

    Raises:
        FormatError: if the file is damaged, of version 7.3, or holds no digits.
    """
    if head(path, len(VERSION_5)) != VERSION_5:
        raise FormatError(
            _(
                "{path} is of MATLAB's version 7.3, which is not read here; save it in MATLAB with "
                "save('file.mat', '-v7').",
                path=path,
            )
        )
    with opened(path) as file:
        arrays, others = read_arrays(bytes(read_whole(file, path)), path)
    if not arrays:
        raise FormatError(
            _(
                "{path} holds {names}; expected arrays of numbers.",
                path=path,
                names=", ".join(f"{name} ({kind})" for name, kind in list(others.items())[:10]),
            )
        )
    if any(_OF_CLASS.fullmatch(name) for name in arrays):
        return _by_class(arrays, path)
    turned = {name: _images_first(array) for name, array in arrays.items()}
    return load_named(
        path, {name: array.shape for name, array in turned.items()}, turned.__getitem__
    )


def save(data: DataSet, path: Path) -> None:
    """Write uint8 [N, 784] as x_train and uint8 [1, N] as y_train, and so on, compressed."""
    arrays = {}
    for split, (images, labels) in data.splits.items():
        arrays[f"x_{split}"] = images.reshape(-1, _PIXELS)
        arrays[f"y_{split}"] = labels[None]
    write_whole(path, written(arrays))


def _by_class(arrays: dict[str, npt.NDArray[Any]], path: Path) -> DataSet:
    splits: dict[str, list[LabeledImages]] = {}
    for name in sorted(arrays):
        match = _OF_CLASS.fullmatch(name)
        if match:
            labels = np.full(len(arrays[name]), int(match[2]), np.uint8)
            splits.setdefault(match[1], []).append(labeled(arrays[name], labels, path))
    return DataSet(path.stem, {split: joined(parts) for split, parts in splits.items()})


def _images_first(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Put the axis of the images, which MATLAB's users put last, first."""
    if array.ndim == 2 and array.shape[0] in (CLASSES, _PIXELS) and array.shape[1] != _PIXELS:
        return array.T
    if (
        array.ndim in (3, 4)
        and array.shape[:2] == (SIZE, SIZE)
        and array.shape[-1] not in (1, SIZE)
    ):
        return np.moveaxis(array, -1, 0)
    return array
