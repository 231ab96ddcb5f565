"""The PyTorch tutorial's folder: train_x/00001.png ... beside train_y.json, and test likewise.

The tutorial pairs labels with files in the order in which the file system lists them, which is
no order at all. Here they pair by name: the n-th label belongs to the n-th file, by number. A
JSON that names its pictures, {"00001.png": 5, ...}, is picture_list's.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenfold.data.arrays import labeled
from tenfold.data.endings import PICTURE_ENDINGS
from tenfold.data.folders import check_inside, members, replacing_folder
from tenfold.data.images import DataSet
from tenfold.data.label_files import read_label_file
from tenfold.data.pictures import read_digits
from tenfold.data.png import encode_png
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["OPTIONS", "SPLITS", "SUFFIXES", "describe", "load", "nearly", "save", "sniff"]

SPLITS = ("train", "test")
SUFFIXES: tuple[str, ...] = ()
OPTIONS = ("resize",)


def describe() -> str:
    """Return one line on the format."""
    return _("a folder of PNGs, train_x/ and test_x/, with labels in train_y.json and test_y.json")


def sniff(path: Path) -> bool:
    """Return whether ``path`` has a folder train_x or test_x."""
    return any((path / f"{split}_x").is_dir() for split in SPLITS)


def nearly(path: Path) -> str | None:
    """Return what a folder of labels lacks; None where ``path`` is no such folder."""
    for split in SPLITS:
        if (path / f"{split}_y.json").is_file():
            return _("a folder with {split}_y.json and no folder {split}_x", split=split)
    return None


def load(path: Path, *, resize: bool = False) -> DataSet:
    """Load the splits whose folders are there.

    Args:
        path: the folder.
        resize: whether to take pictures of any size, and place each digit as MNIST's are.

    Raises:
        FormatError: if a picture or the list of labels is missing, damaged or out of range.
    """
    splits = {}
    notes: tuple[str, ...] = ()
    for split in SPLITS:
        folder = path / f"{split}_x"
        if not folder.is_dir():
            continue
        check_inside(folder, path)
        files = members(folder, PICTURE_ENDINGS, path)
        labels = _labels(path / f"{split}_y.json", len(files))
        images, told = read_digits(files, folder, resize=resize)
        splits[split] = labeled(images, labels, folder)
        notes += told
    return DataSet(path.name, splits, notes=notes)


def save(data: DataSet, path: Path) -> None:
    """Write the pictures as %05d.png, counting from 1, and the labels as one JSON list each."""
    with replacing_folder(path) as new:
        for split, (images, labels) in data.splits.items():
            folder = new / f"{split}_x"
            folder.mkdir()
            for number, image in enumerate(images, 1):
                (folder / f"{number:05d}.png").write_bytes(encode_png(image))
            (new / f"{split}_y.json").write_text(json.dumps(labels.tolist()), encoding="utf-8")


def _labels(path: Path, count: int) -> npt.NDArray[np.uint8]:
    labels = read_label_file(path)
    if any(label.name for label in labels):
        raise FormatError(_("{path} is no list of labels; expected digits 0 to 9.", path=path))
    if len(labels) != count:
        raise FormatError(
            _(
                "{path} has {images} images and {labels} labels; expected as many of each.",
                path=path,
                images=count,
                labels=len(labels),
            )
        )
    return np.array([label.digit for label in labels], np.uint8)
