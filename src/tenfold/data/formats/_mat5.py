"""Arrays of numbers in MATLAB's files of version 5 to 7, read and written.

SciPy's reader, which does the same, ends the whole process on damaged files (segmentation faults in
1.17), and unpacks as much as an element claims. What is needed is little: a file is a header and
elements, each a kind, a size and content; an array is an element of elements. Source: MAT-File
Format, https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.data.bounded import MAX_BYTES, reading
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["VERSION_5", "read_arrays", "written"]

VERSION_5 = b"MATLAB 5.0 MAT-file"

_HEADER = 128
_MATRIX, _COMPRESSED = 14, 15
_DTYPES = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
}
_NUMBERS = range(6, 16)
_KINDS = {1: "cell", 2: "struct", 3: "object", 4: "char", 5: "sparse", 16: "function"}
_UINT8 = 9
_LOGICAL, _COMPLEX = 0x200, 0x800
_MOST_DIMENSIONS = 8

_Element = tuple[int, memoryview]


def read_arrays(content: bytes, path: Path) -> tuple[dict[str, npt.NDArray[Any]], dict[str, str]]:
    """Return the arrays of real numbers by name, and the kinds of whatever else there is by name.

    Args:
        content: the file.
        path: where it is, for messages.

    Raises:
        FormatError: if it is damaged or unpacks to too much.
    """
    order = "<" if content[126:128] == b"IM" else ">"
    arrays, others = {}, {}
    left = MAX_BYTES
    with reading(path):
        for kind, part in _elements(memoryview(content)[_HEADER:], order, padded=False):
            if kind == _COMPRESSED:
                unpacker = zlib.decompressobj()
                unpacked = unpacker.decompress(part, left + 1)
                left -= len(unpacked)
                if left < 0:
                    raise FormatError(
                        _("{path} unpacks to more than {limit} bytes; refused.",
                          path=path, limit=MAX_BYTES)
                    )  # fmt: skip
                kind, part = next(_elements(memoryview(unpacked), order, padded=False), (0, part))
            if kind == _MATRIX:
                name, array = _matrix(part, order)
                if isinstance(array, str):
                    others[name] = array
                else:
                    arrays[name] = array
    return arrays, others


def written(arrays: Mapping[str, npt.NDArray[np.uint8]]) -> bytes:
    """Return the file of ``arrays``, uint8 of two dimensions, compressed."""
    parts = [(VERSION_5 + b", written by Tenfold").ljust(124), struct.pack("<H", 0x100), b"IM"]
    for name, array in arrays.items():
        matrix = b"".join(
            (
                _packed(6, struct.pack("<2I", _UINT8, 0)),
                _packed(5, struct.pack("<2i", *array.shape)),
                _packed(1, name.encode("ascii")),
                _packed(2, array.tobytes(order="F")),
            )
        )
        packed = zlib.compress(_packed(_MATRIX, matrix), 6)
        parts += [struct.pack("<2I", _COMPRESSED, len(packed)), packed]
    return b"".join(parts)


def _packed(kind: int, content: bytes) -> bytes:
    """Return one element, padded to eighth bytes."""
    return struct.pack("<2I", kind, len(content)) + content + bytes(-len(content) % 8)


def _elements(content: memoryview, order: str, *, padded: bool) -> Iterator[_Element]:
    """Yield the kind and content of each element; inside an array they begin at eighth bytes."""
    at = 0
    while at < len(content):
        kind, size = struct.unpack_from(f"{order}2I", content, at)
        begin, end = at + 8, at + 8 + size
        if kind >> 16:
            # Up to four bytes stand in the place of the size.
            kind, size = kind & 0xFFFF, kind >> 16
            begin, end = at + 4, at + 4 + min(size, 4)
            at += 8
        else:
            at = end + (-size % 8 if padded else 0)
        if end > len(content):
            raise EOFError
        yield kind, content[begin:end]


def _matrix(content: memoryview, order: str) -> tuple[str, npt.NDArray[Any] | str]:
    """Return the name of an array, and its numbers or, where it holds none, what it is."""
    parts = _elements(content, order, padded=True)
    flags_part, shape_part, name_part = (next(parts, (0, content[:0]))[1] for _part in range(3))
    (flags,) = struct.unpack_from(f"{order}I", flags_part)
    name = bytes(name_part).decode("latin1")
    if flags & 0xFF not in _NUMBERS or flags & _COMPLEX:
        return name, _KINDS.get(flags & 0xFF, "complex" if flags & _COMPLEX else "?")
    shape = struct.unpack(f"{order}{len(shape_part) // 4}i", shape_part[: len(shape_part) // 4 * 4])
    kind, numbers = next(parts, (0, content[:0]))
    dtype = np.dtype(order + _DTYPES.get(kind, "u1"))
    if (
        len(shape) > _MOST_DIMENSIONS
        or min(shape, default=-1) < 0
        or math.prod(shape) * dtype.itemsize != len(numbers)
        or (len(numbers) and kind not in _DTYPES)
    ):
        raise EOFError
    array = np.frombuffer(numbers, dtype).reshape(shape, order="F")
    return name, array.astype(np.bool_) if flags & _LOGICAL else array
