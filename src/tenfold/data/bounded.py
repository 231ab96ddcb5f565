"""Reading files that may be damaged or hostile: regular files only, never more than a limit."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from tenfold.errors import FormatError
from tenfold.files import storage_error
from tenfold.language import text as _

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = [
    "MAX_BYTES",
    "MAX_IMAGES",
    "check_count",
    "head",
    "opened",
    "read_exactly",
    "read_whole",
    "reading",
]

MAX_BYTES = 1 << 29
"""The most bytes that one file, or one member of an archive, may unpack to (512 MiB)."""

MAX_IMAGES = 750_000
"""The most images that one split may hold; MNIST has 60,000, EMNIST's byclass 697,932."""

_CHUNK = 1 << 22
_GZIP_MAGIC = b"\x1f\x8b"
_XZ_MAGIC = b"\xfd7zXZ\x00"
_XZ_MEMORY = 1 << 28
_DAMAGE = (
    EOFError,
    gzip.BadGzipFile,
    lzma.LZMAError,
    MemoryError,
    NotImplementedError,
    RecursionError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say in words, as one of Tenfold's errors, what is wrong with the file read in this block.

    Raises:
        FormatError: if the content is damaged.
        StorageError: if the file cannot be read.
    """
    try:
        yield
    except _DAMAGE as error:
        reason = str(error) or type(error).__name__
        raise FormatError(_("{path} is damaged: {reason}.", path=path, reason=reason)) from error
    except OSError as error:
        raise storage_error(path, error) from error


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open ``path`` for reading; what begins as gzip or xz is unpacked on the way.

    Raises:
        FormatError: if it is no regular file (a folder, a pipe, a device) or is damaged.
        StorageError: if the file cannot be read.
    """
    with reading(path):
        if path.exists() and not path.is_file():
            raise FormatError(_("{path} is not a regular file; expected one.", path=path))
        with path.open("rb") as file:
            start = file.peek(6)[:6]
            if start == _XZ_MAGIC:
                yield cast("IO[bytes]", io.BufferedReader(_Xz(file), _CHUNK))
                return
            if start[:2] != _GZIP_MAGIC:
                yield file
                return
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield cast("IO[bytes]", unpacked)


class _Xz(io.RawIOBase):
    """What an xz file unpacks to, with a limit on the memory that its header may ask for."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        content = b""
        while not content and not self._unpacker.eof:
            packed = self._file.read(_CHUNK) if self._unpacker.needs_input else b""
            if self._unpacker.needs_input and not packed:
                raise EOFError("xz")
            content = self._unpacker.decompress(packed, len(view))
        view[: len(content)] = content
        return len(content)


def head(path: Path, count: int) -> bytes:
    """Return up to ``count`` first (unpacked) bytes, or none where ``path`` is no readable file."""
    try:
        with opened(path) as file:
            return file.read(count)
    except (FormatError, OSError):
        return b""


def read_exactly(file: IO[bytes], count: int) -> bytearray:
    """Return the next ``count`` bytes, or fewer where the file ends.

    Memory grows with what really arrives, not with what a header promises.
    """
    content = bytearray()
    while len(content) < count:
        chunk = file.read(min(_CHUNK, count - len(content)))
        if not chunk:
            break
        content += chunk
    return content


def read_whole(file: IO[bytes], path: Path, limit: int = MAX_BYTES) -> bytearray:
    """Return all that is left of ``file``; ``path`` is for the message.

    Raises:
        FormatError: if that is more than ``limit`` bytes.
    """
    content = read_exactly(file, limit + 1)
    if len(content) > limit:
        raise FormatError(
            _("{path} unpacks to more than {limit} bytes; refused.", path=path, limit=limit)
        )
    return content


def check_count(count: int, path: Path) -> None:
    """Refuse a promise of more images than ``MAX_IMAGES`` before anything is allocated.

    Raises:
        FormatError: if ``count`` is too large.
    """
    if count > MAX_IMAGES:
        raise FormatError(
            _(
                "{path} claims {count} images; expected at most {limit}.",
                path=path,
                count=count,
                limit=MAX_IMAGES,
            )
        )
