"""IDX, MNIST's own format: a folder of four files, images and labels of train and test.

The files are named train-images-idx3-ubyte and so on (some mirrors write train-images.idx3-ubyte),
plain or .gz, in the folder itself, or in raw/ or MNIST/raw/ as torchvision keeps them. Saving
writes the plain files.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from tenfold.data.arrays import labelled
from tenfold.data.bounded import check_count, opened, read_exactly
from tenfold.data.folders import replacing_folder
from tenfold.data.images import SIZE, DataSet
from tenfold.errors import FormatError
from tenfold.files import write_whole
from tenfold.language import text as _

__all__ = [
    "PREFIXES",
    "SPLITS",
    "SUFFIXES",
    "describe",
    "file_names",
    "header",
    "load",
    "read_file",
    "save",
    "sniff",
]

SPLITS = ("train", "test")
SUFFIXES = ("",)
PREFIXES = {"train": "train", "test": "t10k"}

_PARTS = {"images": (3, (SIZE, SIZE)), "labels": (1, ())}
_FOLDERS = ("", "raw", "MNIST/raw")


def describe() -> str:
    """Return one line on the format."""
    return _("a folder of MNIST's own IDX files, plain or .gz")


def sniff(path: Path) -> bool:
    """Return whether ``path`` is a folder that has a file named as MNIST's are."""
    return any(_found(path, split, part) for split in SPLITS for part in _PARTS)


def load(path: Path) -> DataSet:
    """Load the splits whose files are there.

    Raises:
        FormatError: if a file is missing, damaged or breaks the format's rules.
    """
    splits = {}
    for split in SPLITS:
        files = {part: _found(path, split, part) for part in _PARTS}
        if not any(files.values()):
            continue
        for part, file in files.items():
            if file is None:
                raise FormatError(
                    _(
                        "{path} has no file {name}; expected images and labels.",
                        path=path,
                        name=_name(split, part),
                    )
                )
        images, labels = (read_file(file, part) for part, file in files.items() if file)
        splits[split] = labelled(images, labels, path)
    return DataSet(path.name, splits)


def save(data: DataSet, path: Path) -> None:
    """Write the plain files of each split into the folder ``path``."""
    with replacing_folder(path) as folder:
        for split, (images, labels) in data.splits.items():
            for part, array in (("images", images), ("labels", labels)):
                write_whole(folder / _name(split, part), header(array) + array.tobytes())


def header(array: npt.NDArray[np.uint8]) -> bytes:
    """Return the bytes before the pixels or labels: the magic number and the big-endian lengths."""
    return struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape)


def file_names(split: str) -> tuple[str, str]:
    """Return the names of the plain files of images and of labels, such as those of "train"."""
    return _name(split, "images"), _name(split, "labels")


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
        raise FormatError(
            _(
                "{path} claims {count} {part} in {expected} bytes but is shorter or longer; "
                "it is cut off or damaged.",
                path=path,
                count=count,
                part=part,
                expected=size,
            )
        )
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


def _found(path: Path, split: str, part: str) -> Path | None:
    """Return the file of one part, wherever in ``path`` it lies, however it is spelled."""
    name = _name(split, part)
    for folder in _FOLDERS:
        for spelled in (name, name.replace("-idx", ".idx")):
            for suffix in ("", ".gz"):
                file = path / folder / f"{spelled}{suffix}"
                if file.is_file():
                    return file
    return None


def _name(split: str, part: str) -> str:
    return f"{PREFIXES[split]}-{part}-idx{_PARTS[part][0]}-ubyte"
