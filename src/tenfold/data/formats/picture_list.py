"""Pictures beside a list of their labels: labels.csv (filename,label) or labels.json.

The list lies beside the pictures or in a folder above them, one list a split: train/labels.csv and
test/labels.csv, or test_labels.csv over all pictures, or a column "split". Columns
may have any order and any usual name. Pictures that no list names are left out, and that is told.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import numpy as np

from tenfold.data.arrays import labeled
from tenfold.data.bounded import check_count
from tenfold.data.endings import PICTURE_ENDINGS
from tenfold.data.folders import (
    check_inside,
    is_clutter,
    replacing_folder,
    split_named,
    subfolders,
)
from tenfold.data.images import SPLITS, DataSet
from tenfold.data.label_files import Label, is_label_file, read_label_file
from tenfold.data.pictures import pictures_in, read_digits
from tenfold.data.png import encode_png
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["OPTIONS", "SPLITS", "SUFFIXES", "describe", "load", "nearly", "save", "sniff"]

SUFFIXES: tuple[str, ...] = ()
OPTIONS = ("resize",)


def describe() -> str:
    """Return one line on the format."""
    return _("a folder of pictures with labels.csv (filename,label) or labels.json")


def sniff(path: Path) -> bool:
    """Return whether ``path`` is a folder that holds such a list and pictures."""
    return any(next(pictures_in(file.parent), None) is not None for file in _lists(path))


def nearly(path: Path) -> str | None:
    """Return what a folder of pictures lacks; None where ``path`` is no such folder."""
    if not path.is_dir() or next(pictures_in(path), None) is None:
        return None
    return _(
        "a folder of pictures without labels; put them into the folders 0 to 9, or write "
        "labels.csv (filename,label) beside them"
    )


def load(path: Path, *, resize: bool = False) -> DataSet:
    """Load the pictures that the lists name.

    Args:
        path: the folder.
        resize: whether to take pictures of any size, and place each digit as MNIST's are.

    Raises:
        FormatError: if a list or picture is damaged, missing or ambiguous.
    """
    found: dict[str, dict[Path, int]] = defaultdict(dict)
    for file in _lists(path):
        _add(found, file, path)
    splits = {}
    notes = _unnamed(path, {file for part in found.values() for file in part})
    for split, part in found.items():
        images, told = read_digits(list(part), path, resize=resize)
        splits[split] = labeled(images, np.array(list(part.values()), np.uint8), path)
        notes += told
    if not splits:
        raise FormatError(_("{path} names no pictures; expected at least one.", path=path))
    return DataSet(path.name, splits, notes=notes)


def save(data: DataSet, path: Path) -> None:
    """Write a folder for each split: its pictures as %05d.png, counting from 1, and labels.csv."""
    with replacing_folder(path) as new:
        for split, (images, labels) in data.splits.items():
            (new / split).mkdir()
            lines = ["filename,label"]
            for number, (image, label) in enumerate(zip(images, labels, strict=True), 1):
                (new / split / f"{number:05d}.png").write_bytes(encode_png(image))
                lines.append(f"{number:05d}.png,{label}")
            (new / split / "labels.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")


def _lists(path: Path) -> list[Path]:
    """Return the files in ``path`` and its folders that are lists."""
    if not path.is_dir():
        return []
    files = []
    for folder in (path, *subfolders(path).values()):
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries if not is_clutter(entry.name))
        except OSError:
            continue
        files += [folder / name for name in names if not name.lower().endswith(PICTURE_ENDINGS)]
    return [file for file in files if file.is_file() and is_label_file(file)]


def _add(found: dict[str, dict[Path, int]], file: Path, root: Path) -> None:
    check_inside(file, root)
    usual = split_named(file.stem)
    if usual == "train" and file.parent != root:
        usual = split_named(file.parent.name)
    pictures = _Pictures(file.parent)
    for label in read_label_file(file):
        split = split_named(label.split) if label.split else usual
        picture = pictures.named(label, split, file)
        check_inside(picture, root)
        if any(picture in part for part in found.values()):
            raise FormatError(
                _("{path} names {name!r} a second time.", path=file, name=label.name[:80])
            )
        found[split][picture] = label.digit
    check_count(sum(map(len, found.values())), file)


class _Pictures:
    """The pictures under a folder, found by what a list calls them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._named: dict[str, list[PurePosixPath]] = defaultdict(list)
        for count, file in enumerate(pictures_in(folder)):
            check_count(count, folder)
            inside = PurePosixPath(file.relative_to(folder).as_posix())
            for key in dict.fromkeys((inside.name, inside.stem, _number(inside.stem))):
                self._named[key].append(inside)

    def named(self, label: Label, split: str, file: Path) -> Path:
        """Return the one picture that a list's entry can mean.

        Raises:
            FormatError: if there is none, or more than one.
        """
        said = PurePosixPath(label.name.replace("\\", "/"))
        keys = dict.fromkeys((said.name, _number(said.name)))
        found = next((self._named[key] for key in keys if key in self._named), [])
        fitting = [picture for picture in found if _agree(picture, said)]
        exact = [picture for picture in fitting if picture == said]
        apart = [picture for picture in fitting if _split_of(picture) == split]
        chosen = next((part for part in (exact, fitting, apart) if len(part) == 1), None)
        if chosen is None:
            raise FormatError(
                _(
                    "{path} names {name!r}, and {count} pictures there can be meant; expected one.",
                    path=file,
                    name=label.name[:80],
                    count=len(fitting),
                )
            )
        return self._folder / chosen[0]


def _agree(picture: PurePosixPath, said: PurePosixPath) -> bool:
    """Return whether the folders of both agree as far as both have any."""
    pairs = zip(reversed(picture.parent.parts), reversed(said.parent.parts), strict=False)
    return all(have == wanted for have, wanted in pairs)


def _split_of(picture: PurePosixPath) -> str:
    return next(
        (s for part in picture.parent.parts if (s := split_named(part)) != "train"), "train"
    )


def _number(stem: str) -> str:
    """Return a number without zeros before it, so that 7 finds 00007.png."""
    return str(int(stem)) if stem.isdecimal() and len(stem) < 20 else stem


def _unnamed(root: Path, used: Iterable[Path]) -> tuple[str, ...]:
    used = set(used)
    count = sum(file not in used for file in pictures_in(root))
    if not count:
        return ()
    return (_("{path}: left out {count} pictures that no list names.", path=root, count=count),)
