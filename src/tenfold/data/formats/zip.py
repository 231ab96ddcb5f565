"""A .zip of any other format: pictures in folders, CSV, IDX and so on, as they are downloaded.

Its members are checked by name, kind and size before any is unpacked, into a temporary folder that
goes when the data are read. Saving writes pictures and labels.csv (see picture_list).
"""

from __future__ import annotations

import dataclasses
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from tenfold.data import formats
from tenfold.data.bounded import MAX_IMAGES, head, reading
from tenfold.data.folders import is_clutter
from tenfold.data.formats import picture_list
from tenfold.data.formats._npz import array_names
from tenfold.data.images import SPLITS, DataSet
from tenfold.errors import FormatError
from tenfold.files import replacing
from tenfold.language import text as _

__all__ = ["OPTIONS", "SPLITS", "SUFFIXES", "describe", "load", "nearly", "save", "sniff"]

SUFFIXES = (".zip",)
OPTIONS = ("label_column", "resize")

_MAX_BYTES = 1 << 30
_MAX_MEMBERS = MAX_IMAGES + 1000
_DEPTH = 4
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".bz2")
_YEAR = (1980, 1, 1, 0, 0, 0)


def describe() -> str:
    """Return one line on the format."""
    return _("a .zip of any other format here, read without unpacking it first")


def sniff(path: Path) -> bool:
    """Return whether ``path`` is a zip file, and not NumPy's."""
    return head(path, 4) == b"PK\x03\x04" and not array_names(path) and zipfile.is_zipfile(path)


def nearly(path: Path) -> str | None:
    """Return what kind of archive ``path`` is; None where it is none."""
    kind = next((end for end in _ARCHIVES if path.name.lower().endswith(end)), None)
    if kind is None or not path.is_file():
        return None
    return _("an archive of another kind ({kind}); unpack it and name the folder", kind=kind)


def load(path: Path, *, label_column: str | int | None = None, resize: bool = False) -> DataSet:
    """Load what is inside, with the options of its format (see ``tenfold.data.formats.load``).

    Raises:
        FormatError: if a member is hostile, encrypted or another archive, if all together are too
            large, or if no format is known inside.
        InputError: if what is inside is of a format that has no such option.
    """
    with _unpacked(path) as content:
        data = formats.load(content, label_column=label_column, resize=resize)
    return dataclasses.replace(data, name=path.stem)


def save(data: DataSet, path: Path) -> None:
    """Write pictures and labels.csv, in folders of the splits."""
    with tempfile.TemporaryDirectory(prefix="tenfold-") as temporary:
        picture_list.save(data, Path(temporary) / "data")
        with replacing(path) as target, zipfile.ZipFile(target, "w") as archive:
            for file in sorted((Path(temporary) / "data").rglob("*.*")):
                name = file.relative_to(Path(temporary) / "data").as_posix()
                # A time in it would make equal data differ.
                archive.writestr(zipfile.ZipInfo(name, _YEAR), file.read_bytes())


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Yield the place of the data among the unpacked members; errors speak of ``path``."""
    with tempfile.TemporaryDirectory(prefix="tenfold-") as temporary:
        with reading(path), zipfile.ZipFile(path) as archive:
            for member, inside in _members(archive, path):
                target = Path(temporary) / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file)
        try:
            yield _content(Path(temporary))
        except FormatError as error:
            raise FormatError(str(error).replace(temporary, str(path))) from error


def _members(archive: zipfile.ZipFile, path: Path) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """Return the files to unpack and where to, or refuse all."""
    found = {}
    if len(archive.infolist()) > _MAX_MEMBERS:
        raise FormatError(
            _("{path} holds more than {limit} files; refused.", path=path, limit=_MAX_MEMBERS)
        )
    for member in archive.infolist():
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if member.is_dir() or any(is_clutter(part) for part in inside.parts if part != ".."):
            continue
        reason = _refusal(member, inside)
        if reason or inside in found:
            raise FormatError(
                _(
                    "{path} holds {name!r}: {reason}.",
                    path=path,
                    name=member.filename[:100],
                    reason=reason or _("it is there twice"),
                )
            )
        found[inside] = member
    if sum(member.file_size for member in found.values()) > _MAX_BYTES:
        raise FormatError(
            _("{path} unpacks to more than {limit} bytes; refused.", path=path, limit=_MAX_BYTES)
        )
    return [(member, inside) for inside, member in found.items()]


def _refusal(member: zipfile.ZipInfo, inside: PurePosixPath) -> str | None:
    """Say why a member is not unpacked, or None where it is."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if inside.is_absolute() or ".." in inside.parts or ":" in "".join(inside.parts[:1] or ":"):
        return _("its path leads out of the archive")
    if kind not in (0, stat.S_IFREG):
        return _("it is a link or no file; pack the files themselves")
    if member.flag_bits & 1:
        return _("it is encrypted; unpack it with its password and name the folder")
    if inside.name.lower().endswith(_ARCHIVES):
        return _("it is an archive inside the archive; unpack that and name the folder")
    # Other methods may take gigabytes of working memory.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return _("it is packed in a way that is not read here; unpack it and name the folder")
    return None


def _content(folder: Path) -> Path:
    """Return the folder or file, however deep alone in its folder, that is in a known format."""
    for _level in range(_DEPTH):
        inside = list(folder.iterdir()) if folder.is_dir() else []
        if len(inside) != 1 or formats.sniff(folder):
            break
        folder = inside[0]
    return folder
