"""What a file or folder holds, in a few words for a person; nothing is told by a name alone."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

from tenfold.data.bounded import head
from tenfold.language import text as _

__all__ = ["contents"]

_SHOWN = 5
_HEAD = 16
_LONGEST = 40
_MANY = 10_000


def contents(path: Path) -> str:
    """Return what is at ``path``: a folder's files by their kinds, or a file's first bytes."""
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        return _("no regular file")
    begin = head(path, _HEAD)
    if not begin:
        return _("an empty file")
    known = next((name for start, name in _magics() if begin.startswith(start)), None)
    return known or _("a file that begins with {bytes}", bytes=_shown(begin))


def _magics() -> tuple[tuple[bytes, str], ...]:
    """First bytes of what people take for a data set."""
    return (
        (b"\x89PNG", _("a PNG picture; a data set is a folder or file of many")),
        (b"\xff\xd8\xff", _("a JPEG picture; a data set is a folder or file of many")),
        (b"PK\x03\x04", _("a zip archive; unpack it and name the folder or file inside")),
        (b"%PDF", _("a PDF; save the table in it as CSV")),
        (b"\x89HDF", _("an HDF5 file; save its arrays with numpy.savez")),
        (b"SQLite format 3", _("an SQLite database; save its table as CSV")),
        (b"\x93NUMPY", _("one NumPy array; save images and labels with numpy.savez")),
    )


def _folder(path: Path) -> str:
    try:
        entries = list(islice(path.iterdir(), _MANY))
    except OSError:
        return _("a folder that cannot be read")
    if not entries:
        return _("an empty folder")
    folders = sorted(_safe(entry.name) for entry in entries if entry.is_dir())
    kinds = Counter(_safe(entry.suffix.lower()) for entry in entries if not entry.is_dir())
    parts = [f"{count} {kind or _('without a suffix')}" for kind, count in kinds.most_common()]
    if folders:
        parts.append(_("folders {names}", names=_listed(folders)))
    return _("a folder of {parts}", parts=_listed(parts))


def _listed(names: list[str]) -> str:
    return ", ".join([*names[:_SHOWN], *(["..."] if len(names) > _SHOWN else [])])


def _safe(name: str) -> str:
    """Return a name from a disk without what a terminal would obey, and not too long."""
    return name[:_LONGEST] if name.isprintable() else ascii(name[:_LONGEST])[1:-1]


def _shown(begin: bytes) -> str:
    printable = begin.isascii() and begin.decode("ascii", "replace").strip().isprintable()
    return repr(begin.decode().strip()) if printable else begin.hex(" ")
