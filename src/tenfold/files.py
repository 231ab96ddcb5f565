"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec
from filelock import FileLock, Timeout

from tenfold.complaints import complaint
from tenfold.errors import RunError, StorageError
from tenfold.language import text as _

__all__ = [
    "locked_folder",
    "make_folder",
    "read_json",
    "replacing",
    "storage_error",
    "why",
    "write_json",
    "write_whole",
]


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Yield a binary file that takes the place of ``path`` when the block ends without an error.

    The bytes are flushed to the disk before the rename, so after a crash ``path`` holds either
    the old content or the new, never a part. The folder is made if it is missing.

    Raises:
        StorageError: if the disk is full or the place cannot be written.
    """
    make_folder(path.parent)
    temporary: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
        ) as file:
            temporary = Path(file.name)
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise storage_error(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes | str) -> None:
    """Write ``content`` (text as UTF-8) to ``path``, whole or not at all.

    Raises:
        StorageError: if the disk is full or the place cannot be written.
    """
    with replacing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write ``content`` to ``path`` as indented JSON, whole or not at all.

    Raises:
        StorageError: if the disk is full or the place cannot be written.
    """
    encoded = msgspec.json.format(msgspec.json.encode(content), indent=2)
    write_whole(path, encoded + b"\n")


def read_json(path: Path, missing: str, limit: int | None = None) -> dict[str, Any]:
    """Return the JSON object in ``path``.

    Args:
        path: the file.
        missing: what is said if there is none.
        limit: bytes of the largest file that is read; by default any is.

    Raises:
        RunError: saying ``missing`` if there is no such file, or that it is damaged or too large.
        StorageError: if it cannot be read.
    """
    try:
        if limit is not None and path.stat().st_size > limit:
            raise RunError(
                _("{path} is larger than {limit} bytes: no results.", path=path, limit=limit)
            )
        content: dict[str, Any] = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError as error:
        raise RunError(missing) from error
    except OSError as error:
        raise storage_error(path, error) from error
    # RecursionError: nested deeper than the decoder goes.
    except (msgspec.DecodeError, RecursionError) as error:
        reason = complaint(error, dict[str, Any])
        raise RunError(_("{path} is damaged: {reason}", path=path, reason=reason)) from error
    return content


def make_folder(folder: Path) -> None:
    """Make ``folder`` and its parents where they are missing.

    Raises:
        StorageError: if that is not possible.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        message = _("{path} is a file; expected a folder to write.", path=_file_in(folder))
        raise StorageError(message) from error
    except OSError as error:
        raise storage_error(folder, error) from error


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Make ``folder`` and keep other processes out of it; a killed process's lock is released.

    Raises:
        RunError: if another process is at work in it.
        StorageError: if it cannot be used.
    """
    make_folder(folder)
    lock = FileLock(folder / ".lock")
    try:
        # Who only looks whether a folder is at work holds its lock for an instant.
        lock.acquire(timeout=0.2)
    except Timeout as error:
        raise RunError(_("Another process is at work in {folder}.", folder=folder)) from error
    except OSError as error:
        raise storage_error(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def storage_error(path: Path, error: OSError) -> StorageError:
    """Say in words what kept ``path`` from being written or read."""
    if isinstance(error, StorageError):
        return error
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageError(
            _("The disk is full: {path} could not be written. Free some space.", path=path)
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(
            _("{path} may not be written or read here. Choose another place.", path=path)
        )
    return StorageError(_("{path} cannot be used: {reason}.", path=path, reason=why(error)))


def why(error: BaseException) -> str:
    """Return the reason of an error of the operating system, without the path it concerns.

    The common ones are in words of ours, in the language in force; others as the system says.
    """
    number = getattr(error, "errno", None)
    return _reasons().get(number or 0) or getattr(error, "strerror", None) or str(error)


def _reasons() -> dict[int, str]:
    full = _("the disk is full")
    forbidden = _("this is not permitted")
    return {
        errno.ENOENT: _("there is no such file or folder"),
        errno.EACCES: forbidden,
        errno.EPERM: forbidden,
        errno.EISDIR: _("it is a folder"),
        errno.ENOTDIR: _("a part of the path is a file, not a folder"),
        errno.EEXIST: _("something of this name is there already"),
        errno.ENOTEMPTY: _("the folder is not empty"),
        errno.ENOSPC: full,
        errno.EDQUOT: full,
        errno.EFBIG: full,
        errno.EROFS: _("the disk is read-only"),
        errno.ENAMETOOLONG: _("the name is too long"),
        errno.ELOOP: _("its links lead in a circle"),
        errno.EMFILE: _("too many files are open"),
        errno.EIO: _("the disk reports an error"),
        errno.EBADF: _("it is closed"),
        errno.ENOMEM: _("there is not enough memory"),
        errno.EADDRINUSE: _("the address is in use"),
        errno.EADDRNOTAVAIL: _("this machine has no such address"),
        errno.ECONNREFUSED: _("the connection was refused"),
        errno.ETIMEDOUT: _("there was no answer in time"),
    }


def _file_in(path: Path) -> Path:
    """The part of ``path`` that is a file and so cannot be a folder."""
    return next((part for part in (path, *path.parents) if part.is_file()), path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
