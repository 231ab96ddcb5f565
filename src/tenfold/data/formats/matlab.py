"""MATLAB's .mat: mnist_all (train0 ... test9), mnist-original (data, label), or other usual names.

Arrays of images hold one in a column or, last, in a plane: data [784, N], X [28, 28, N]. Reading
needs SciPy. Functions and objects are never asked for, and nothing unpacks beyond a limit.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.data.arrays import labelled
from tenfold.data.bounded import MAX_BYTES, head, opened, read_whole, reading
from tenfold.data.formats import joined
from tenfold.data.formats._named_arrays import load_named
from tenfold.data.images import CLASSES, SIZE, SPLITS, DataSet, LabelledImages
from tenfold.errors import FormatError, MissingExtraError
from tenfold.files import write_whole
from tenfold.language import text as _

__all__ = ["SPLITS", "SUFFIXES", "describe", "load", "save", "sniff"]

SUFFIXES = (".mat",)

_MAGIC = b"MATLAB "
_VERSION_5 = b"MATLAB 5.0 MAT-file"
_PIXELS = SIZE * SIZE
_HEADER = 128
_COMPRESSED = 15
_NUMBERS = frozenset(
    (
        "double",
        "single",
        "logical",
        *(f"{u}int{bits}" for u in ("", "u") for bits in (8, 16, 32, 64)),
    )
)
_OF_CLASS = re.compile(r"(train|test)([0-9])")


def describe() -> str:
    """Return one line on the format."""
    return _("MATLAB's .mat up to version 7: mnist_all, mnist-original (needs the extra 'train')")


def sniff(path: Path) -> bool:
    """Return whether ``path`` begins as MATLAB's files do."""
    return head(path, len(_MAGIC)) == _MAGIC


def load(path: Path) -> DataSet:
    """Load the splits whose arrays are there; of mnist_all, class by class.

    Raises:
        FormatError: if the file is damaged, of version 7.3, or holds no digits.
        MissingExtraError: if SciPy is not installed.
    """
    if not head(path, len(_VERSION_5)).startswith(_VERSION_5):
        raise FormatError(
            _(
                "{path} is of MATLAB's version 7.3, which is not read here; save it in MATLAB with "
                "save('file.mat', '-v7').",
                path=path,
            )
        )
    arrays = _arrays(path)
    if any(_OF_CLASS.fullmatch(name) for name in arrays):
        return _by_class(arrays, path)
    turned = {name: _images_first(array) for name, array in arrays.items()}
    return load_named(
        path, {name: array.shape for name, array in turned.items()}, turned.__getitem__
    )


def save(data: DataSet, path: Path) -> None:
    """Write uint8 [N, 784] as x_train and uint8 [1, N] as y_train, and so on, compressed."""
    matlab = _scipy()
    content = io.BytesIO()
    arrays = {}
    for split, (images, labels) in data.splits.items():
        arrays[f"x_{split}"], arrays[f"y_{split}"] = images.reshape(-1, _PIXELS), labels
    matlab.savemat(content, arrays, do_compression=True)
    # SciPy's description holds the time, which would make equal data differ.
    description = (_VERSION_5 + b", written by Tenfold").ljust(116)
    write_whole(path, description + content.getvalue()[116:])


def _scipy() -> Any:
    try:
        import scipy.io
    except ImportError as error:
        raise MissingExtraError("train", _("The MATLAB format")) from error
    return scipy.io


def _arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of numbers; what else there is stays unread."""
    matlab = _scipy()
    with opened(path) as file:
        content = _unpacked(bytes(read_whole(file, path)), path)
    # SciPy meets damage with exceptions of any kind.
    try:
        known = matlab.whosmat(io.BytesIO(content))
        names = [name for name, _shape, kind in known if kind in _NUMBERS]
        loaded = matlab.loadmat(io.BytesIO(content), variable_names=names)
    except Exception as error:
        raise FormatError(
            _("{path} is damaged: {reason}.", path=path, reason=str(error)[:200])
        ) from error
    if not names:
        raise FormatError(
            _(
                "{path} holds {names}; expected arrays of numbers.",
                path=path,
                names=", ".join(f"{name} ({kind})" for name, _shape, kind in known[:10]) or "?",
            )
        )
    return {name: loaded[name] for name in names if isinstance(loaded.get(name), np.ndarray)}


def _unpacked(content: bytes, path: Path) -> bytes:
    """Return the file with its compressed elements unpacked, together at most ``MAX_BYTES``.

    SciPy would unpack as much as an element claims.
    """
    parts = [content[:_HEADER]]
    left = MAX_BYTES
    with reading(path):
        for element in _elements(content):
            if element[:4] in (struct.pack("<I", _COMPRESSED), struct.pack(">I", _COMPRESSED)):
                unpacker = zlib.decompressobj()
                element = unpacker.decompress(element[8:], left + 1)
                if not unpacker.eof and len(element) <= left:
                    raise EOFError
            left -= len(element)
            if left < 0:
                break
            parts.append(element)
    if left < 0:
        raise FormatError(
            _("{path} unpacks to more than {limit} bytes; refused.", path=path, limit=MAX_BYTES)
        )
    return b"".join(parts)


def _elements(content: bytes) -> Iterator[bytes]:
    """Yield the elements after the header, each with the 8 bytes that tell its kind and size."""
    order = "<" if content[126:128] == b"IM" else ">"
    at = _HEADER
    while at < len(content):
        _kind, size = struct.unpack_from(f"{order}2I", content, at)
        if at + 8 + size > len(content):
            raise EOFError
        yield content[at : at + 8 + size]
        at += 8 + size


def _by_class(arrays: dict[str, npt.NDArray[Any]], path: Path) -> DataSet:
    splits: dict[str, list[LabelledImages]] = {}
    for name in sorted(arrays):
        match = _OF_CLASS.fullmatch(name)
        if match:
            labels = np.full(len(arrays[name]), int(match[2]), np.uint8)
            splits.setdefault(match[1], []).append(labelled(arrays[name], labels, path))
    return DataSet(path.stem, {split: joined(parts) for split, parts in splits.items()})


def _images_first(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Put the axis of the images, which MATLAB's users put last, first."""
    if array.ndim == 2 and array.shape[0] in (CLASSES, _PIXELS) and array.shape[1] != _PIXELS:
        return array.T
    if (
        array.ndim in (3, 4)
        and array.shape[:2] == (SIZE, SIZE)
        and array.shape[-1] not in (1, SIZE)
    ):
        return np.moveaxis(array, -1, 0)
    return array
