"""Zip files that may be hostile: each member read within a limit."""

from __future__ import annotations

import io
import zipfile
import zlib
from zipfile import ZipFile

from tenfold.errors import FormatError, ModelError
from tenfold.language import text as _

__all__ = ["LIMIT", "member", "opened_archive"]

LIMIT = 1 << 28
"""The most bytes that one member may unpack to (256 MiB)."""

_DAMAGE = (
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def opened_archive(content: bytes) -> ZipFile:
    """Open the bytes of a zip file.

    Raises:
        ModelError: if they are none, or it is empty.
    """
    try:
        archive = ZipFile(io.BytesIO(content))
    except _DAMAGE as error:
        raise _damaged(error) from error
    if not archive.namelist():
        raise _damaged(FormatError("empty"))
    return archive


def member(archive: ZipFile, name: str) -> bytes:
    """Return one member, unpacked.

    Raises:
        ModelError: if there is none of that name, or it is damaged, encrypted, or too large.
    """
    try:
        with archive.open(name) as file:
            content = file.read(LIMIT + 1)
    except KeyError as error:
        raise ModelError(_("The archive has no {name}.", name=name)) from error
    except _DAMAGE as error:
        raise _damaged(error) from error
    if len(content) > LIMIT:
        raise ModelError(
            _("{name} unpacks to more than {limit} bytes; refused.", name=name, limit=LIMIT)
        )
    return content


def _damaged(error: Exception) -> ModelError:
    return ModelError(_("The archive is damaged: {reason}", reason=error))
