"""NumPy archives read member by member, each header checked before anything is allocated."""

from __future__ import annotations

import math
import tokenize
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from tenfold.data.arrays import labelled
from tenfold.data.bounded import MAX_BYTES, check_count, read_exactly, reading
from tenfold.data.images import DataSet
from tenfold.errors import FormatError
from tenfold.files import replacing
from tenfold.language import text as _

__all__ = ["Keys", "holds", "load_archive", "save_archive"]

Keys = Mapping[str, tuple[str, str]]
"""Split -> the names of its arrays of images and labels."""

_KINDS = "uif"


def holds(path: Path, keys: Keys) -> bool:
    """Return whether ``path`` is a NumPy archive with an array of one of these names."""
    wanted = {f"{key}.npy" for pair in keys.values() for key in pair}
    try:
        if not path.is_file():
            return False
        with reading(path), zipfile.ZipFile(path) as archive:
            return not wanted.isdisjoint(archive.namelist())
    except (FormatError, OSError, ValueError):
        return False


def load_archive(path: Path, keys: Keys) -> DataSet:
    """Load the splits whose arrays are there.

    Raises:
        FormatError: if an array is missing, too many, damaged, or no numbers.
    """
    with reading(path), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        _check_members(archive.infolist(), keys, path)
        splits = {}
        for split, pair in keys.items():
            present = [key for key in pair if f"{key}.npy" in names]
            if len(present) == 1:
                raise FormatError(
                    _(
                        "{path} holds {key} alone; expected {keys}.",
                        path=path,
                        key=present[0],
                        keys=", ".join(pair),
                    )
                )
            if present:
                images, labels = (_member(archive, key, path) for key in pair)
                splits[split] = labelled(images, labels, path)
    return DataSet(path.stem, splits)


def save_archive(data: DataSet, path: Path, keys: Keys) -> None:
    """Write all splits as one compressed archive."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for split, (images, labels) in data.splits.items():
        arrays[keys[split][0]], arrays[keys[split][1]] = images, labels
    with replacing(path) as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def _check_members(infos: list[zipfile.ZipInfo], keys: Keys, path: Path) -> None:
    """Refuse what is not asked for: a path that leads elsewhere, a name given twice, a stranger."""
    names = [info.filename for info in infos]
    expected = {f"{key}.npy" for pair in keys.values() for key in pair}
    strange = sorted(set(names) - expected)
    if strange:
        raise FormatError(
            _(
                "{path} holds {name!r}, which does not belong there; expected only {keys}.",
                path=path,
                name=strange[0][:100],
                keys=", ".join(sorted(expected)),
            )
        )
    # Other methods may take gigabytes of working memory; NumPy writes none of them.
    if any(i.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for i in infos):
        raise FormatError(
            _("{path} is packed in a way that NumPy does not use; refused.", path=path)
        )
    if len(set(names)) < len(names):
        raise FormatError(_("{path} holds the same name twice.", path=path))


def _member(archive: zipfile.ZipFile, key: str, path: Path) -> npt.NDArray[Any]:
    """Return one array of numbers."""
    # zipfile says RuntimeError for a password, ValueError for offsets that make no sense.
    try:
        with archive.open(f"{key}.npy") as file:
            return _array(file, key, path)
    except (
        RuntimeError,
        ValueError,
        SyntaxError,
        tokenize.TokenError,
        OverflowError,
        TypeError,
    ) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(
            _(
                "{path}: the array {key} is damaged: {reason}.",
                path=path,
                key=key,
                reason=str(error)[:200],
            )
        ) from error


def _array(file: IO[bytes], key: str, path: Path) -> npt.NDArray[Any]:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    else:
        shape, fortran, dtype = np.lib.format.read_array_header_2_0(file)
    if dtype.kind not in _KINDS:
        raise FormatError(
            _(
                "{path}: the array {key} is of {dtype}; expected numbers.",
                path=path,
                key=key,
                dtype=dtype,
            )
        )
    count = shape[0] if shape else 0
    check_count(count, path)
    size = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or size > MAX_BYTES:
        raise FormatError(
            _(
                "{path}: the array {key} claims the shape {shape}; refused.",
                path=path,
                key=key,
                shape=list(shape),
            )
        )
    content = read_exactly(file, size + 1)
    if len(content) != size:
        raise FormatError(
            _(
                "{path}: the array {key} has {received} bytes; expected {expected}.",
                path=path,
                key=key,
                received=len(content),
                expected=size,
            )
        )
    return np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")
