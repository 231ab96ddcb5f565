"""NumPy archives read member by member, each header checked before anything is allocated."""

from __future__ import annotations

import math
import tokenize
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np
import numpy.typing as npt

from tenfold.data.bounded import MAX_BYTES, check_count, read_exactly, reading
from tenfold.data.formats._named_arrays import load_named, roles
from tenfold.data.images import DataSet
from tenfold.errors import FormatError
from tenfold.files import replacing
from tenfold.language import text as _

__all__ = [
    "Keys",
    "array_errors",
    "array_names",
    "load_archive",
    "read_array",
    "read_shape",
    "save_archive",
]

_Value = TypeVar("_Value")

Keys = Mapping[str, tuple[str, str]]
"""Split -> the names of its arrays of images and labels."""

_KINDS = "uifbUS"


def array_names(path: Path) -> list[str]:
    """Return the names of the arrays of a NumPy archive; none where ``path`` is no such file."""
    try:
        if not path.is_file():
            return []
        with reading(path), zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (FormatError, OSError, ValueError):
        return []
    return [name.removesuffix(".npy") for name in names if _is_array(name)]


def load_archive(path: Path) -> DataSet:
    """Load the splits whose arrays are there under usual names.

    Raises:
        FormatError: if an array is missing, too many, damaged, or no numbers.
    """
    with reading(path), zipfile.ZipFile(path) as archive:
        _check_members(archive.infolist(), path)
        keys = [name.removesuffix(".npy") for name in archive.namelist()]
        known = [key for names in roles(keys).values() for key in names]
        # The shapes of all are told where none is known; what is not asked for is never unpacked.
        shapes = {
            key: _member(archive, key, path, read_shape) if not known or key in known else ()
            for key in keys
        }

        def read(key: str) -> npt.NDArray[Any]:
            return _member(archive, key, path, lambda file: read_array(file, key, path))

        return load_named(path, shapes, read)


def save_archive(data: DataSet, path: Path, keys: Keys) -> None:
    """Write all splits as one compressed archive."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for split, (images, labels) in data.splits.items():
        arrays[keys[split][0]], arrays[keys[split][1]] = images, labels
    with replacing(path) as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def read_shape(file: IO[bytes]) -> tuple[int, ...]:
    """Return the shape that a NumPy file (.npy) claims.

    Raises:
        ValueError: if its header is damaged.
    """
    return _header(file)[0]


def read_array(file: IO[bytes], key: str, path: Path) -> npt.NDArray[Any]:
    """Return the array of a NumPy file (.npy): numbers, truth values, or short texts.

    Args:
        file: the file, at its beginning.
        key: what to call the array in a message.
        path: where it is, for a message.

    Raises:
        FormatError: if it is of other things, too large, or of another length than it claims.
        ValueError: if its header is damaged.
    """
    shape, fortran, dtype = _header(file)
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


@contextmanager
def array_errors(key: str, path: Path) -> Iterator[None]:
    """Say as a FormatError whatever a damaged NumPy file makes its reader raise."""
    try:
        yield
    # zipfile says RuntimeError for a password, ValueError for offsets that make no sense.
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


def _is_array(name: str) -> bool:
    """Return whether a member is an array of the archive itself: no path that leads elsewhere."""
    return name.endswith(".npy") and not {"/", "\\"} & set(name)


def _check_members(infos: list[zipfile.ZipInfo], path: Path) -> None:
    """Refuse what is no array: a path that leads elsewhere, a name given twice, a stranger."""
    names = [info.filename for info in infos]
    strange = sorted(name for name in names if not _is_array(name))
    if strange:
        raise FormatError(
            _(
                "{path} holds {name!r}, which does not belong there; expected arrays (.npy) only.",
                path=path,
                name=strange[0][:100],
            )
        )
    # Other methods may take gigabytes of working memory; NumPy writes none of them.
    if any(i.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for i in infos):
        raise FormatError(
            _("{path} is packed in a way that NumPy does not use; refused.", path=path)
        )
    if len(set(names)) < len(names):
        raise FormatError(_("{path} holds the same name twice.", path=path))


def _member(
    archive: zipfile.ZipFile, key: str, path: Path, read: Callable[[IO[bytes]], _Value]
) -> _Value:
    with array_errors(key, path), archive.open(f"{key}.npy") as file:
        return read(file)


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    if np.lib.format.read_magic(file) == (1, 0):
        return np.lib.format.read_array_header_1_0(file)
    return np.lib.format.read_array_header_2_0(file)
