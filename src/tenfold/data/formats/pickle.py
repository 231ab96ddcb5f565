"""mnist.pkl.gz of the deep learning tutorials: a pickle of (train, valid, test), gzipped.

Each of the three is (images, labels): float32 [N, 784] of k/256 and int64 [N]. Files with k/255
are read too; what is written is the original form. Reading never unpickles: see _numpy_pickle.
"""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path

import numpy as np

from tenfold.data.arrays import labeled
from tenfold.data.bounded import head, opened, read_whole
from tenfold.data.formats._numpy_pickle import arrays_of
from tenfold.data.images import SIZE, SPLITS, DataSet
from tenfold.errors import FormatError, InputError
from tenfold.files import replacing
from tenfold.language import text as _

__all__ = ["SPLITS", "SUFFIXES", "describe", "load", "save", "sniff"]

SUFFIXES = (".pkl.gz", ".pkl", ".pickle", ".pickle.gz")


def describe() -> str:
    """Return one line on the format."""
    return _("mnist.pkl.gz: a pickle of (train, valid, test), read without unpickling")


def sniff(path: Path) -> bool:
    """Return whether ``path`` begins as a pickle does, or names NumPy's arrays at its beginning."""
    start = head(path, 256)
    framed = start[:1] == pickle.PROTO and start[1:2] <= bytes([pickle.HIGHEST_PROTOCOL])
    return framed or (start[:1] in (b"(", b"c", b"]") and b"cnumpy" in start)


def load(path: Path) -> DataSet:
    """Load train, valid and test.

    Raises:
        FormatError: if the pickle is damaged, asks for anything but arrays, or holds other things.
    """
    with opened(path) as file:
        content = read_whole(file, path)
    parts = arrays_of(content, path)
    if (
        not isinstance(parts, tuple)
        or len(parts) != len(SPLITS)
        or any(len(part) != 2 for part in parts)
    ):
        raise FormatError(
            _("{path} holds other things than (train, valid, test) of (images, labels).", path=path)
        )
    splits = {}
    for split, part in zip(SPLITS, parts, strict=True):
        if not all(isinstance(array, np.ndarray) for array in part):
            raise FormatError(
                _(
                    "{path} holds other things than (train, valid, test) of (images, labels).",
                    path=path,
                )
            )
        splits[split] = labeled(part[0], part[1], path)
    return DataSet(path.name.split(".")[0], splits)


def save(data: DataSet, path: Path) -> None:
    """Write the original form; without a "valid" split the last sixth of "train" becomes it.

    Raises:
        InputError: if the data have no "train" or no "test" split.
    """
    if "train" not in data.splits or "test" not in data.splits:
        raise InputError(
            _(
                "This format needs train and test; received {splits} only.",
                splits=", ".join(data.splits),
            )
        )
    splits = dict(data.splits)
    if "valid" not in splits:
        kept = len(data.train) - len(data.train) // 6
        splits |= {"train": data.train[:kept], "valid": data.train[kept:]}
    content = tuple(
        (
            splits[name].images.reshape(-1, SIZE * SIZE).astype(np.float32) / np.float32(256),
            splits[name].labels.astype(np.int64),
        )
        for name in SPLITS
    )
    with replacing(path) as file:
        if path.suffix != ".gz":
            pickle.dump(content, file, protocol=2)
            return
        # A file name or a time in the gzip header would make equal data differ.
        with gzip.GzipFile(
            filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0
        ) as packed:
            pickle.dump(content, packed, protocol=2)
