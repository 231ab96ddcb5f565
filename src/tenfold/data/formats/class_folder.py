"""A folder per class: train/0/ ... train/9/ with pictures and test likewise, or just 0/ ... 9/.

Images come class by class, by number or name within a class: the order across classes is not kept.
A class may be called 3, digit_3, class3 or three, the folders of splits as in _SPLIT; splits may
also lie inside the classes (0/train, 0/test), and all may lie in one folder more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tenfold.data.arrays import labeled
from tenfold.data.bounded import check_count
from tenfold.data.endings import PICTURE_ENDINGS
from tenfold.data.folders import (
    check_inside,
    members,
    replacing_folder,
    split_named,
    subfolders,
)
from tenfold.data.images import CLASSES, SPLITS, DataSet
from tenfold.data.labels import digit_named, plain_name
from tenfold.data.pictures import pictures_in, read_digits
from tenfold.data.png import encode_png
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["OPTIONS", "SPLITS", "SUFFIXES", "describe", "load", "nearly", "save", "sniff"]

SUFFIXES: tuple[str, ...] = ()
OPTIONS = ("resize",)

_SPLIT = re.compile(
    "(?:mnist)?(?:(?P<train>train|training)|(?P<valid>valid|val|validation|dev)|(?P<test>test|testing))"
    "(?:set|images|data)?"
)
_DEPTH = 4

_Labeled = tuple[str, int, Path]
"""The split, the digit and the file of one picture."""


def describe() -> str:
    """Return one line on the format."""
    return _(
        "a folder per class: train/0 to train/9 and test/0 to test/9 with pictures, or just 0 to 9"
    )


def sniff(path: Path) -> bool:
    """Return whether ``path``, or a split's folder in it, has a folder named by a digit."""
    return bool(_split_folders(path))


def nearly(path: Path) -> str | None:
    """Return what folders of pictures ``path`` has; None where it has none."""
    folders = subfolders(path)
    if not any(next(pictures_in(folder, depth=0), None) for folder in folders.values()):
        return None
    return _(
        "a folder of pictures in the folders {names}; a folder per class is named 0 to 9 (or "
        "digit_3, class3, three), by itself or in train and test",
        names=", ".join(list(folders)[:5]),
    )


def load(path: Path, *, resize: bool = False) -> DataSet:
    """Load the splits whose folders are there.

    Args:
        path: the folder.
        resize: whether to take pictures of any size, and place each digit as MNIST's are.

    Raises:
        FormatError: if a folder is named by no digit, or a picture is damaged, blank or of
            another size.
    """
    folders = _split_folders(path)
    found = [entry for split, folder in folders for entry in _pictures(folder, split, path)]
    if not found:
        raise FormatError(_("{path} has folders of classes and no picture in them.", path=path))
    splits = {}
    notes = _left_out(path, [folder for _split, folder in folders])
    for split in SPLITS:
        part = [(label, file) for name, label, file in found if name == split]
        if not part and split not in dict(folders):
            continue
        labels, files = [label for label, _file in part], [file for _label, file in part]
        images, told = read_digits(files, path, resize=resize)
        splits[split] = labeled(images, np.array(labels, np.uint8), path)
        notes += told
    return DataSet(path.name, splits, notes=notes)


def save(data: DataSet, path: Path) -> None:
    """Write each image to its class's folder, named %05d.png by its place in its split, from 1."""
    with replacing_folder(path) as new:
        for split, (images, labels) in data.splits.items():
            for digit in range(CLASSES):
                (new / split / str(digit)).mkdir(parents=True)
            for number, (image, label) in enumerate(zip(images, labels, strict=True), 1):
                file = new / split / str(label) / f"{number:05d}.png"
                file.write_bytes(encode_png(image))


def _split_folders(path: Path, depth: int = _DEPTH) -> list[tuple[str, Path]]:
    """Return the folders that hold the folders of classes, with the splits that they are."""
    found = subfolders(path)
    if any(digit_named(name) is not None for name in found):
        return [(_split_of(path.name) or split_named(path.name), path)]
    if not depth:
        return []
    named = [(split, folder) for name, folder in found.items() if (split := _split_of(name))]
    inside = [
        (split, deep)
        for split, folder in named
        for _name, deep in _split_folders(folder, depth - 1)
    ]
    if inside or len(found) != 1:
        return inside
    return _split_folders(next(iter(found.values())), depth - 1)


def _split_of(name: str) -> str | None:
    match = _SPLIT.fullmatch(plain_name(name))
    return match.lastgroup if match else None


def _pictures(folder: Path, split: str, root: Path) -> Iterator[_Labeled]:
    for name, place in subfolders(folder).items():
        digit = digit_named(name)
        if digit is None:
            raise FormatError(
                _(
                    "{path} is named by no digit; expected 0 to 9 (or digit_3, class3, three).",
                    path=place,
                )
            )
        check_inside(place, root)
        yield from _of_class(place, split, digit, root, _DEPTH)


def _of_class(folder: Path, split: str, digit: int, root: Path, depth: int) -> Iterator[_Labeled]:
    """Yield the pictures of one class, those in folders of it too, such as train and test."""
    files = members(folder, PICTURE_ENDINGS, root)
    check_count(len(files), folder)
    for file in files:
        yield split, digit, file
    for name, place in subfolders(folder).items():
        if place.is_symlink() or not depth:
            raise FormatError(
                _("{path} is a link to a folder, or nested too deep; refused.", path=place)
            )
        yield from _of_class(place, _split_of(name) or split, digit, root, depth - 1)


def _left_out(path: Path, used: list[Path]) -> tuple[str, ...]:
    """Name the folders beside those that were read: a test set without labels, a sample."""
    if path in used:
        return ()
    names = [
        name
        for name, folder in subfolders(path).items()
        if not any(other.is_relative_to(folder) for other in used)
    ]
    if not names:
        return ()
    return (
        _(
            "{path}: left out {names}, which hold no folders of classes.",
            path=path,
            names=", ".join(names),
        ),
    )
