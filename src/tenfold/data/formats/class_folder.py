"""A folder per class: train/0/ ... train/9/ with PNGs and test likewise, or just 0/ ... 9/.

Images come class by class, by number or name within a class: the order across classes is not kept.
The split folders may also be called training, testing, valid, val or validation.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tenfold.data.arrays import labelled
from tenfold.data.bounded import check_count
from tenfold.data.folders import members, replacing_folder, split_named, subfolders
from tenfold.data.images import CLASSES, SIZE, SPLITS, DataSet, LabelledImages
from tenfold.data.png import encode_png, read_png
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["SPLITS", "SUFFIXES", "describe", "load", "save", "sniff"]

SUFFIXES: tuple[str, ...] = ()

_DIGITS = tuple(map(str, range(CLASSES)))
_NAMES = {
    "train": ("train", "training"),
    "valid": ("valid", "val", "validation"),
    "test": ("test", "testing"),
}


def describe() -> str:
    """Return one line on the format."""
    return _(
        "a folder per class: train/0 to train/9 and test/0 to test/9 with PNGs, or just 0 to 9"
    )


def sniff(path: Path) -> bool:
    """Return whether ``path``, or a split's folder in it, has a folder named by a digit."""
    return bool(_split_folders(path))


def load(path: Path) -> DataSet:
    """Load the splits whose folders are there.

    Raises:
        FormatError: if a folder is named by no digit, or a picture is damaged or of another size.
    """
    folders = _split_folders(path)
    return DataSet(path.name, {split: _load_split(f, path) for split, f in folders.items()})


def save(data: DataSet, path: Path) -> None:
    """Write each image to its class's folder, named %05d.png by its place in its split, from 1."""
    with replacing_folder(path) as new:
        for split, (images, labels) in data.splits.items():
            for digit in _DIGITS:
                (new / split / digit).mkdir(parents=True)
            for number, (image, label) in enumerate(zip(images, labels, strict=True), 1):
                file = new / split / str(label) / f"{number:05d}.png"
                file.write_bytes(encode_png(image))


def _split_folders(path: Path) -> dict[str, Path]:
    found = subfolders(path)
    if any(name in _DIGITS for name in found):
        return {split_named(path.name): path}
    return {
        split: found[name]
        for split, names in _NAMES.items()
        for name in names
        if name in found and any(digit in _DIGITS for digit in subfolders(found[name]))
    }


def _load_split(folder: Path, root: Path) -> LabelledImages:
    files: list[Path] = []
    labels: list[int] = []
    for name, place in subfolders(folder).items():
        if name.startswith("."):
            continue
        if name not in _DIGITS:
            raise FormatError(_("{path} is named by no digit; expected 0 to 9.", path=place))
        if not place.resolve().is_relative_to(root.resolve()):
            raise FormatError(
                _("{path} is a link that leads out of {folder}; refused.", path=place, folder=root)
            )
        found = members(place, ".png", root)
        files += found
        labels += [int(name)] * len(found)
    check_count(len(files), folder)
    images = np.empty((len(files), SIZE, SIZE), np.uint8)
    for at, file in enumerate(files):
        images[at] = read_png(file)
    return labelled(images, np.array(labels, np.uint8), folder)
