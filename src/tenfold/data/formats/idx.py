"""IDX, MNIST's own format: a folder of four files, images and labels of train and test.

The files are named train-images-idx3-ubyte and so on (some mirrors write train-images.idx3-ubyte),
plain, .gz or .xz, in the folder itself, or in raw/ or MNIST/raw/ as torchvision keeps them. EMNIST
and QMNIST are known by the names of their files; naming one of the files, instead of the folder,
chooses its data set where several lie together. Saving writes MNIST's plain files.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from tenfold.data.arrays import labeled
from tenfold.data.bounded import check_count, head, opened, read_exactly
from tenfold.data.folders import replacing_folder
from tenfold.data.images import CLASSES, SIZE, DataSet, LabeledImages
from tenfold.errors import FormatError
from tenfold.files import write_whole
from tenfold.language import text as _

__all__ = [
    "SPLITS",
    "SUFFIXES",
    "describe",
    "file_names",
    "header",
    "load",
    "nearly",
    "read_file",
    "save",
    "sniff",
]

SPLITS = ("train", "test")
SUFFIXES = ("",)

_PARTS = {"images": (3, (SIZE, SIZE)), "labels": (1, ())}
_QMNIST_COLUMNS = 8
_MAGICS = (b"\0\0\x08\x03", b"\0\0\x08\x01", b"\0\0\x0c\x02")
_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class _Family:
    """A data set of such files.

    Args:
        name: what a person calls it.
        splits: split -> how the names of its files begin.
        folder: where torchvision puts its raw/.
        labels: how the names of files of labels end.
        letters: whether classes from 10 on are letters; with ``only_letters`` all are.
        turned: whether images are stored with rows and columns changed over.
    """

    name: str
    splits: dict[str, str]
    folder: str
    labels: str = "labels-idx1-ubyte"
    letters: bool = False
    only_letters: bool = False
    turned: bool = False


def _emnist(subset: str, *, letters: bool = False, only_letters: bool = False) -> _Family:
    return _Family(
        f"EMNIST {subset}",
        {"train": f"emnist-{subset}-train", "test": f"emnist-{subset}-test"},
        "EMNIST",
        letters=letters,
        only_letters=only_letters,
        turned=True,
    )


_MNIST = _Family("MNIST", {"train": "train", "test": "t10k"}, "MNIST")
_FAMILIES = (
    _MNIST,
    _emnist("digits"),
    _emnist("mnist"),
    _emnist("byclass", letters=True),
    _emnist("bymerge", letters=True),
    _emnist("balanced", letters=True),
    _emnist("letters", only_letters=True),
    _Family(
        "QMNIST",
        {"train": "qmnist-train", "test": "qmnist-test"},
        "QMNIST",
        labels="labels-idx2-int",
    ),
    _Family("QMNIST (all of NIST)", {"train": "xnist"}, "QMNIST", labels="labels-idx2-int"),
)
"""In the order in which one is chosen where a folder holds several."""


def describe() -> str:
    """Return one line on the format."""
    return _("a folder of MNIST's, EMNIST's or QMNIST's own IDX files, plain, .gz or .xz")


def sniff(path: Path) -> bool:
    """Return whether ``path`` is such a file, or a folder that has one."""
    return bool(_there(path))


def nearly(path: Path) -> str | None:
    """Return how an IDX file is named; None where ``path`` is none and holds none."""
    files = [path] if path.is_file() else sorted(path.glob("*")) if path.is_dir() else []
    found = next((file for file in files[:_LOOKED_AT] if head(file, 4) in _MAGICS), None)
    if found is None:
        return None
    return _(
        "IDX in a file named {name}; expected the names {expected}",
        name=found.name,
        expected=", ".join(file_names("train")),
    )


def load(path: Path) -> DataSet:
    """Load the splits whose files are there.

    EMNIST's images are turned upright, and of its subsets with letters the digits are taken; the
    notes of the data say so.

    Raises:
        FormatError: if a file is missing, damaged or breaks the format's rules, or all are letters.
    """
    family, *others = _there(path)
    folder = path if path.is_dir() else path.parent
    if family.only_letters:
        raise FormatError(
            _(
                "{path} holds {name}, which has no digits; the subsets digits, mnist, byclass, "
                "bymerge and balanced have them.",
                path=path,
                name=family.name,
            )
        )
    splits = {split: _load_split(family, split, folder) for split in family.splits}
    found = {split: images for split, images in splits.items() if images is not None}
    return DataSet(path.name, found, notes=_notes(family, others))


def save(data: DataSet, path: Path) -> None:
    """Write the plain files of each split into the folder ``path``."""
    with replacing_folder(path) as folder:
        for split, (images, labels) in data.splits.items():
            for part, array in (("images", images), ("labels", labels)):
                write_whole(folder / _name(_MNIST, split, part), header(array) + array.tobytes())


def header(array: npt.NDArray[np.uint8]) -> bytes:
    """Return the bytes before the pixels or labels: the magic number and the big-endian lengths."""
    return struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape)


def file_names(split: str) -> tuple[str, str]:
    """Return the names of the plain files of images and of labels, such as those of "train"."""
    return _name(_MNIST, split, "images"), _name(_MNIST, split, "labels")


def read_file(path: Path, part: str) -> npt.NDArray[np.uint8]:
    """Read one IDX file, plain or .gz.

    Args:
        path: the file.
        part: "images" or "labels".

    Returns:
        uint8 [N, 28, 28] for images, uint8 [N] for labels.

    Raises:
        FormatError: naming the file and what is wrong with it.
    """
    with opened(path) as file:
        count = _read_header(file, path, part)
        item = _PARTS[part][1]
        size = count * int(np.prod(item, dtype=int))
        content = read_exactly(file, size + 1)
    if len(content) != size:
        raise _cut_off(path, count, part, size)
    return np.frombuffer(content, np.uint8).reshape(count, *item)


def _read_header(file: IO[bytes], path: Path, part: str) -> int:
    """Check the magic number and the lengths, and return the count that is claimed."""
    ndim, item = _PARTS[part]
    start = file.read(4 + 4 * ndim)
    if len(start) < 4 + 4 * ndim:
        raise FormatError(_("{path} ends inside its header.", path=path))
    magic, count, *shape = struct.unpack(f">{1 + ndim}I", start)
    if magic != 0x0800 + ndim:
        raise FormatError(
            _(
                "{path} begins with the number {magic}; expected {expected} (IDX {part}).",
                path=path,
                magic=magic,
                expected=0x0800 + ndim,
                part=part,
            )
        )
    if tuple(shape) != item:
        raise FormatError(
            _("{path} has images of {shape}; expected [28, 28].", path=path, shape=shape)
        )
    check_count(count, path)
    return int(count)


def _read_records(path: Path) -> npt.NDArray[np.int32]:
    """Return the first column, the digit, of QMNIST's labels: int32 [N]."""
    with opened(path) as file:
        start = file.read(12)
        magic, count, columns = struct.unpack(">3I", start) if len(start) == 12 else (0, 0, 0)
        if (magic, columns) != (0x0C02, _QMNIST_COLUMNS):
            raise FormatError(
                _(
                    "{path} begins with the number {magic}; expected {expected} (IDX {part}).",
                    path=path,
                    magic=magic,
                    expected=0x0C02,
                    part="labels",
                )
            )
        check_count(count, path)
        size = 4 * columns * count
        content = read_exactly(file, size + 1)
    if len(content) != size:
        raise _cut_off(path, count, "labels", size)
    return np.frombuffer(content, ">i4").reshape(count, columns)[:, 0].astype(np.int32)


def _cut_off(path: Path, count: int, part: str, size: int) -> FormatError:
    return FormatError(
        _(
            "{path} claims {count} {part} in {expected} bytes but is shorter or longer; "
            "it is cut off or damaged.",
            path=path,
            count=count,
            part=part,
            expected=size,
        )
    )


def _load_split(family: _Family, split: str, path: Path) -> LabeledImages | None:
    files = {part: _found(path, family, split, part) for part in _PARTS}
    if not any(files.values()):
        return None
    for part, file in files.items():
        if file is None:
            raise FormatError(
                _(
                    "{path} has no file {name}; expected images and labels.",
                    path=path,
                    name=_name(family, split, part),
                )
            )
    images_file, labels_file = (file for file in files.values() if file)
    images = read_file(images_file, "images")
    labels: npt.NDArray[np.uint8] | npt.NDArray[np.int32]
    if family.labels.endswith("int"):
        labels = _read_records(labels_file)
    else:
        labels = read_file(labels_file, "labels")
    if family.letters and len(images) == len(labels):
        digits = labels < CLASSES
        images, labels = images[digits], labels[digits]
    if family.turned:
        images = images.transpose(0, 2, 1)
    return labeled(images, labels, path)


def _notes(family: _Family, others: list[_Family]) -> tuple[str, ...]:
    notes = []
    if family.turned:
        notes.append(
            _("{name}: its images lie on their sides and were turned upright.", name=family.name)
        )
    if family.letters:
        notes.append(_("{name}: its letters were left out.", name=family.name))
    if others:
        notes.append(
            _(
                "Of several data sets there, {name} was read; name a file of another: {others}.",
                name=family.name,
                others=", ".join(other.name for other in others),
            )
        )
    return tuple(notes)


def _there(path: Path) -> list[_Family]:
    """Return the data sets that have a file in ``path``, or whose file ``path`` is."""
    if path.is_file():
        return [
            family
            for family in _FAMILIES
            for split in family.splits
            for part in _PARTS
            if path.name in _spellings(family, split, part)
        ]
    return [
        family
        for family in _FAMILIES
        if any(_found(path, family, split, part) for split in family.splits for part in _PARTS)
    ]


def _found(path: Path, family: _Family, split: str, part: str) -> Path | None:
    """Return the file of one part, wherever in ``path`` it lies, however it is spelled."""
    for folder in ("", "raw", f"{family.folder}/raw"):
        for name in _spellings(family, split, part):
            if (path / folder / name).is_file():
                return path / folder / name
    return None


def _spellings(family: _Family, split: str, part: str) -> list[str]:
    name = _name(family, split, part)
    stems = (name, name.replace("-idx", ".idx"))
    return [stem + suffix for stem in stems for suffix in ("", ".gz", ".xz")]


def _name(family: _Family, split: str, part: str) -> str:
    ending = family.labels if part == "labels" else "images-idx3-ubyte"
    return f"{family.splits[split]}-{ending}"
