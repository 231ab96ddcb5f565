"""The PyTorch tutorial's folder: train_x/00001.png ... beside train_y.json, and test likewise.

The tutorial pairs labels with files in the order in which the file system lists them, which is
no order at all. Here they pair by name: the n-th label belongs to the n-th file, by number.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tenfold.data.arrays import labelled
from tenfold.data.bounded import check_count, opened, read_whole
from tenfold.data.folders import members, replacing_folder
from tenfold.data.images import SIZE, DataSet
from tenfold.data.png import encode_png, read_png
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["SPLITS", "SUFFIXES", "describe", "load", "save", "sniff"]

SPLITS = ("train", "test")
SUFFIXES: tuple[str, ...] = ()

_MAX_JSON = 1 << 23


def describe() -> str:
    """Return one line on the format."""
    return _("a folder of PNGs, train_x/ and test_x/, with labels in train_y.json and test_y.json")


def sniff(path: Path) -> bool:
    """Return whether ``path`` has a folder train_x or test_x."""
    return any((path / f"{split}_x").is_dir() for split in SPLITS)


def load(path: Path) -> DataSet:
    """Load the splits whose folders are there.

    Raises:
        FormatError: if a picture or the list of labels is missing, damaged or out of range.
    """
    splits = {}
    for split in SPLITS:
        folder = path / f"{split}_x"
        if not folder.is_dir():
            continue
        files = members(folder, ".png", path)
        check_count(len(files), folder)
        labels = _labels(path / f"{split}_y.json")
        images = np.empty((len(files), SIZE, SIZE), np.uint8)
        if len(labels) == len(files):
            for at, file in enumerate(files):
                images[at] = read_png(file)
        splits[split] = labelled(images, labels, folder)
    return DataSet(path.name, splits)


def save(data: DataSet, path: Path) -> None:
    """Write the pictures as %05d.png, counting from 1, and the labels as one JSON list each."""
    with replacing_folder(path) as new:
        for split, (images, labels) in data.splits.items():
            folder = new / f"{split}_x"
            folder.mkdir()
            for number, image in enumerate(images, 1):
                (folder / f"{number:05d}.png").write_bytes(encode_png(image))
            (new / f"{split}_y.json").write_text(json.dumps(labels.tolist()), encoding="utf-8")


def _labels(path: Path) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    with opened(path) as file:
        content = read_whole(file, path, _MAX_JSON)
    try:
        labels = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FormatError(_("{path} is no JSON: {reason}.", path=path, reason=error)) from error
    # bool is an int to Python, and an int may be too large for NumPy.
    if not isinstance(labels, list) or not all(type(v) is int and 0 <= v <= 255 for v in labels):
        raise FormatError(_("{path} is no list of labels; expected digits 0 to 9.", path=path))
    return np.array(labels, np.int64)
