"""Folders and files on this machine or behind an address, through pyarrow's file systems."""

from __future__ import annotations

import functools
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, final

from tenfold.errors import InputError, MissingExtraError, SourceError
from tenfold.files import storage_error
from tenfold.imaging.limits import MAX_BYTES
from tenfold.language import text as _

if TYPE_CHECKING:
    from pyarrow import fs

__all__ = ["HERE", "Entry", "Place", "RemotePlace", "is_remote", "place_of"]

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://([^/?]*)(.*)", re.DOTALL)

# Options of an address, such as "?region=eu-west-1"; a "?" without any is a pattern's.
_OPTIONS = re.compile(r"\?[A-Za-z_]+=.*\Z", re.DOTALL)

# Whose names of a place may hold keys, which then would stand in every row.
_KEYED = ("s3", "gs", "gcs")


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in a folder.

    Args:
        name: its name.
        path: its path or address.
        is_folder: whether it is a folder itself.
    """

    name: str
    path: str
    is_folder: bool


class Place(Protocol):
    """Where folders and files are."""

    def kind(self, path: str) -> str:
        """Return "file", "folder", or "" if there is nothing."""

    def entries(self, folder: str) -> list[Entry]:
        """Return the files and folders in a folder, sorted by name."""


@final
class _Here:
    """This machine."""

    def kind(self, path: str) -> str:
        """Return "file", "folder", or "" if there is nothing."""
        try:
            return "folder" if Path(path).is_dir() else "file" if Path(path).exists() else ""
        # A null byte in it, or a name longer than any.
        except (OSError, ValueError):
            return ""

    def entries(self, folder: str) -> list[Entry]:
        """Return the files and folders in a folder, sorted by name.

        A link to a folder is neither: it may lead in a circle.

        Raises:
            StorageError: if it cannot be listed.
        """
        start = "" if folder in ("", ".") else folder.rstrip("/") + "/"
        try:
            with os.scandir(folder or ".") as found:
                names = [(each.name, each.is_dir(follow_symlinks=False), each) for each in found]
                kept = sorted(
                    (n, is_folder) for n, is_folder, e in names if is_folder or e.is_file()
                )
        except OSError as error:
            raise storage_error(Path(folder), error) from error
        return [Entry(name, start + name, is_folder) for name, is_folder in kept]


HERE: Place = _Here()
"""This machine's files."""


@final
class RemotePlace:
    """What is behind an address such as s3://bucket."""

    def __init__(self, start: str, options: str, files: fs.FileSystem, root: str) -> None:
        """Take an address's first part, its options, the system, and the part's path in it."""
        self._start = start
        self._options = options
        self._files = files
        self._root = root.rstrip("/")

    def bare(self, address: str) -> str:
        """Return an address of this place without its options."""
        return address.removesuffix(self._options)

    def whole(self, address: str) -> str:
        """Return an address of this place with its options."""
        return address + self._options

    def kind(self, path: str) -> str:
        """Return "file", "folder", or "" if there is nothing at an address without options.

        Raises:
            SourceError: if the place does not answer.
        """
        from pyarrow import fs

        try:
            info = self._files.get_file_info(self._inner(path))
        except OSError as error:
            raise _no_answer(path, error) from error
        kinds = {fs.FileType.File: "file", fs.FileType.Directory: "folder"}
        return kinds.get(info.type, "")

    def entries(self, folder: str) -> list[Entry]:
        """Return the files and folders in a folder, sorted by name.

        Raises:
            SourceError: if it cannot be listed.
        """
        from pyarrow import fs

        try:
            infos = self._files.get_file_info(fs.FileSelector(self._inner(folder)))
        except OSError as error:
            raise _no_answer(folder, error) from error
        start = folder.rstrip("/") + "/"
        kept = sorted((info.base_name, info.type == fs.FileType.Directory) for info in infos)
        return [Entry(name, start + name, is_folder) for name, is_folder in kept]

    def content(self, path: str) -> bytes:
        """Return the bytes of a file, of a longer one than a picture may be only the first.

        Raises:
            OSError: if they cannot be had.
        """
        with self._files.open_input_stream(self._inner(path)) as stream:
            content: bytes = stream.read(MAX_BYTES + 1)
        return content

    def _inner(self, path: str) -> str:
        inside = path.removeprefix(self._start).strip("/")
        return f"{self._root}/{inside}" if inside else self._root or "/"


def is_remote(path: str) -> bool:
    """Whether it is an address, not a path on this machine."""
    return _ADDRESS.match(path) is not None


def place_of(address: str) -> RemotePlace:
    """Return where an address leads.

    Raises:
        SourceError: if the place does not answer, or needs packages that are not installed.
        InputError: if no such address is known, or there is a key in it.
        MissingExtraError: if pyarrow is not installed.
    """
    parts = _ADDRESS.match(address)
    assert parts is not None
    scheme, authority, rest = parts.groups()
    options = _OPTIONS.search(rest)
    if "@" in authority and scheme.lower() in _KEYED:
        raise InputError(
            _(
                "There is a key in the address; it would stand in the table. Put it where "
                "{scheme} programs look for it, such as the environment.",
                scheme=scheme,
            )
        )
    return _place(f"{scheme}://{authority}", options[0] if options else "")


@functools.lru_cache(maxsize=64)
def _place(start: str, options: str) -> RemotePlace:
    try:
        import pyarrow as pa
        from pyarrow import fs
    except ModuleNotFoundError as error:
        raise MissingExtraError("parquet", _("Reading pictures behind an address")) from error
    try:
        files, root = fs.FileSystem.from_uri(f"{start}/{options}")
    except pa.ArrowInvalid as error:
        if "Unrecognized filesystem type" not in str(error):
            raise _no_answer(start, error) from error
        files, root = _by_fsspec(start)
    except (OSError, pa.ArrowException) as error:
        raise _no_answer(start, error) from error
    return RemotePlace(start, options, files, root)


def _by_fsspec(start: str) -> tuple[fs.FileSystem, str]:
    """A file system that pyarrow does not know itself."""
    from pyarrow import fs

    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped] # it has no types

        files, root = url_to_fs(start)
    except ImportError as error:
        raise SourceError(
            _(
                "Addresses such as {start} need packages that are not installed: {reason}. "
                "Install what is named there with pip, or: pip install fsspec",
                start=start,
                reason=str(error).rstrip("."),
            )
        ) from error
    except ValueError as error:
        raise InputError(
            _(
                "Received the address {start}; expected one that begins with file://, s3://, "
                "gs://, or what else pyarrow or fsspec knows.",
                start=start,
            )
        ) from error
    except OSError as error:
        raise _no_answer(start, error) from error
    return fs.PyFileSystem(fs.FSSpecHandler(files)), root


def _no_answer(address: str, error: Exception) -> SourceError:
    return SourceError(
        _(
            "{address} cannot be listed: {reason}. Check the address, the network and the keys.",
            address=address,
            reason=str(error).rstrip("."),
        )
    )
