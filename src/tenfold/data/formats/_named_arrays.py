"""Which of a file's arrays are images and which are labels, told by their usual names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.data.arrays import labeled
from tenfold.data.folders import split_named
from tenfold.data.images import DataSet, LabeledImages
from tenfold.data.labels import plain_name
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["USUAL", "load_named", "roles"]

USUAL = "x_train, y_train, x_test, y_test"

MNIST_TRAIN, MNIST_ALL = 60_000, 70_000
_ROLES = {
    "images": ("x", "image", "images", "img", "imgs", "data", "feature", "features", "pixels"),
    "labels": ("y", "label", "labels", "lbl", "target", "targets", "class", "classes", "digit"),
}
_ROLE = {word: role for role, words in _ROLES.items() for word in words}
_PARTNERS = {"x": "y", "y": "x", "images": "labels", "labels": "images", "data": "target"}
_SPLITS = {
    **dict.fromkeys(("training", "train", "tr"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "valid"),
    **dict.fromkeys(("testing", "test", "te"), "test"),
}
_NAME = re.compile(
    r"(?:dataset|mnist)?(?:(?P<first>{splits})(?:set)?)?(?P<role>{roles})(?:(?P<last>{splits})(?:set)?)?".format(
        splits="|".join(_SPLITS), roles="|".join(sorted(_ROLE, key=len, reverse=True))
    )
)


def roles(names: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """Return (split, role) -> the names that mean it; the split is "" where a name is silent."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in names:
        match = _NAME.fullmatch(plain_name(name))
        if match and not (match["first"] and match["last"]):
            split = _SPLITS.get(match["first"] or match["last"], "")
            found.setdefault((split, _ROLE[match["role"]]), []).append(name)
    return found


def load_named(
    path: Path,
    shapes: Mapping[str, Sequence[int]],
    read: Callable[[str], npt.NDArray[Any]],
) -> DataSet:
    """Load the splits whose images and labels are there under usual names.

    Args:
        path: the file or folder, for its name and for messages.
        shapes: name -> shape of every array that is there.
        read: gives an array, images first, [N, ...].

    Raises:
        FormatError: if no pair is understood, a name has no partner, or two mean the same.
    """
    found = roles(list(shapes)) or _in_order(shapes)
    for names in found.values():
        if len(names) > 1:
            raise FormatError(
                _("{path} holds {names}, which mean the same; expected one of them.",
                  path=path, names=", ".join(names))
            )  # fmt: skip
    ready = {s for s, _role in found if (s, "images") in found and (s, "labels") in found}
    if not ready:
        raise FormatError(_not_understood(path, shapes, found))
    notes: tuple[str, ...] = ()
    splits: dict[str, LabeledImages] = {}
    for split in sorted({split for split, _role in found}):
        if split not in ready:
            (alone,) = (name for (s, _r), (name,) in found.items() if s == split)
            notes += (_("{path}: left out {key}, which stands alone.", path=path, key=alone),)
            continue
        images, labels = (read(found[split, role][0]) for role in ("images", "labels"))
        part = labeled(images, labels, path)
        if split or len(part) != MNIST_ALL:
            splits[split or split_named(path.name)] = part
            continue
        splits |= {"train": part[:MNIST_TRAIN], "test": part[MNIST_TRAIN:]}
        notes += (_("{path}: the first 60,000 images are train, the rest test.", path=path),)
    return DataSet(path.stem if path.is_file() else path.name, splits, notes=notes)


def _in_order(shapes: Mapping[str, Sequence[int]]) -> dict[tuple[str, str], list[str]]:
    """Tell arrays that NumPy named arr_0 and so on by their shapes: images, labels, and so on."""
    names = sorted(shapes)
    if names not in (["arr_0", "arr_1"], ["arr_0", "arr_1", "arr_2", "arr_3"]):
        return {}
    large = [name for name in names if np.prod(shapes[name][1:], dtype=float) >= 64]
    small = [name for name in names if name not in large]
    if len(large) != len(small):
        return {}
    splits = ("train", "test") if len(large) == 2 else ("",)
    pairs = zip(splits, large, small, strict=True)
    return {
        key: [name]
        for split, images, labels in pairs
        for key, name in (((split, "images"), images), ((split, "labels"), labels))
    }


def _not_understood(
    path: Path, shapes: Mapping[str, Sequence[int]], found: Mapping[tuple[str, str], list[str]]
) -> str:
    if len(found) == 1:
        (((_split, role), (name,)),) = found.items()
        return _(
            "{path} holds {key} alone; expected {keys}.",
            path=path,
            key=name,
            keys=f"{name}, {_partner(name, role)}",
        )
    listed = [f"{name[:40]} {list(shape)}" for name, shape in list(shapes.items())[:12]]
    return _(
        "{path} holds the arrays {arrays}; expected images and labels named as usual, such as "
        "{usual}; images and labels; data and target.",
        path=path,
        arrays=", ".join(listed),
        usual=USUAL,
    )


def _partner(name: str, role: str) -> str:
    """Return the partner's name in the same spelling: y_train for x_train."""
    words = re.split(r"([\W_]+)", name)
    other = [_PARTNERS.get(word.lower(), word) for word in words]
    return "".join(other) if other != words else ("labels" if role == "images" else "images")
