"""Where many pictures are: folders, patterns, lists and addresses, walked in order, never held.

A folder is walked name by name, files and folders together, in the order of their code points; of
a walk no more is held than the names in the folders that lead to where it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tenfold.batch.filesystems import HERE, Entry, Place, is_remote, place_of
from tenfold.data.endings import OTHER_ENDINGS, PICTURE_ENDINGS
from tenfold.errors import InputError
from tenfold.files import storage_error
from tenfold.language import text as _

__all__ = ["is_pattern", "list_pictures", "matching"]

# What a spreadsheet would take for a formula where it opens a table as CSV.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def list_pictures(
    sources: Iterable[str], passed: Callable[[str], None] = lambda _path: None
) -> Iterator[str]:
    """Yield the path or address of each picture in ``sources``, one source after another.

    Args:
        sources: each a picture file; a folder, with all in it; a pattern such as
            ``photos/**/*.jpg``; ``@list.txt``, a text file with a picture on each line, in its
            order; or an address of any of the first three (file://, s3://, gs://).
        passed: is told of each file in a folder that is a picture of a kind that is not read.

    Raises:
        InputError: if there is no picture in a source, or a source is no more than blanks.
        SourceError: if a place cannot be listed.
        StorageError: the same, on this machine.
        MissingExtraError: if the address needs packages that are not installed.
    """
    for source in sources:
        if not source.strip():
            raise InputError(
                _("Received an empty path; expected a picture, a folder or a pattern.")
            )
        is_empty = True
        for path in _pictures_of(source, passed):
            is_empty = False
            yield path
        if is_empty:
            raise InputError(
                _(
                    "There are no pictures in {source!r}. Expected a picture, a folder of them, "
                    "a pattern such as 'photos/**/*.jpg', @list.txt, or an address such as "
                    "s3://bucket/photos.",
                    source=source,
                )
            )


def is_pattern(source: str) -> bool:
    """Whether it may stand for several files; a file of this very name comes first."""
    return any(sign in source for sign in "*?[") and HERE.kind(source) == ""


def matching(pattern: str) -> Iterator[str]:
    """Yield the files of this machine that are like a pattern such as ``photos/**/*.jpg``.

    Raises:
        StorageError: if a folder cannot be listed.
    """
    # Windows' own separator; elsewhere it is a character of names.
    yield from _found(pattern.replace(os.sep, "/"), HERE, lambda _path: None)


def _pictures_of(source: str, passed: Callable[[str], None]) -> Iterator[str]:
    source = _local_path(source)
    if is_remote(source):
        place = place_of(source)
        yield from map(place.whole, _found(place.bare(source), place, passed))
    elif source.startswith("@") and not Path(source).exists():
        yield from _listed(source[1:])
    else:
        yield from map(_harmless, _found(source, HERE, passed))


def _local_path(source: str) -> str:
    """A file:// address as a path."""
    if not source.lower().startswith("file://"):
        return source
    parts = urlsplit(source)
    if parts.netloc not in ("", "localhost"):
        raise InputError(
            _(
                "Received {source}; expected a file of this machine, as in file:///home/me/photos.",
                source=source,
            )
        )
    # A pattern's "?" and a name's "#" are no query and no fragment of a file.
    return unquote(source[len("file://") + len(parts.netloc) :])


def _listed(path: str) -> Iterator[str]:
    """The lines of a list; empty ones say nothing."""
    try:
        with Path(path).open(encoding="utf-8-sig", errors="surrogateescape", newline=None) as lines:
            for line in lines:
                if entry := line.strip("\n"):
                    entry = _local_path(entry)
                    yield entry if is_remote(entry) else _harmless(entry)
    # ValueError: a path with a null byte in it.
    except (OSError, ValueError) as error:
        wrong = error if isinstance(error, OSError) else OSError(str(error))
        raise storage_error(Path(path), wrong) from error


def _harmless(path: str) -> str:
    """The same file by a name that no spreadsheet takes for a formula."""
    return f"./{path}" if path.startswith(_FORMULA) else path


def _found(source: str, place: Place, passed: Callable[[str], None]) -> Iterator[str]:
    """What a path or address stands for: itself, what is in it, or what is like it."""
    what = place.kind(source)
    if what == "file":
        yield source
    elif what == "folder":
        yield from _walk(place, source, lambda path: _is_picture(path, passed))
    elif any(sign in source for sign in "*?["):
        root, pattern = _parted(source)
        if place.kind(root or ".") == "folder":
            is_like = re.compile(_expression(pattern), re.DOTALL).fullmatch
            depth = None if "**" in pattern else pattern.count("/") + 1
            yield from _walk(place, root, lambda path: bool(is_like(path, len(root))), depth)


def _is_picture(path: str, passed: Callable[[str], None]) -> bool:
    if path.lower().endswith(OTHER_ENDINGS):
        passed(path)
    return path.lower().endswith(PICTURE_ENDINGS)


def _walk(
    place: Place, root: str, wanted: Callable[[str], bool], depth: int | None = None
) -> Iterator[str]:
    """The wanted files under a folder; a pattern without "**" needs so many levels only.

    What is hidden, with a name that begins with a dot, is passed over.
    """
    # A loop, not a recursion: folders may be nested deeper than Python calls.
    walks: list[Iterator[Entry]] = [iter(place.entries(root))]
    while walks:
        entry = next(walks[-1], None)
        if entry is None:
            walks.pop()
        elif entry.name.startswith("."):
            continue
        elif entry.is_folder:
            if depth is None or len(walks) < depth:
                walks.append(iter(place.entries(entry.path)))
        elif wanted(entry.path):
            yield entry.path


def _parted(pattern: str) -> tuple[str, str]:
    """The folder before the first sign, with its slash, and the rest."""
    first = min(at for at in map(pattern.find, "*?[") if at >= 0)
    cut = pattern.rfind("/", 0, first) + 1
    return pattern[:cut], pattern[cut:]


def _expression(pattern: str) -> str:
    """A pattern as a regular expression: "**/" is any folders, "*" and "?" stay in one name."""
    signs = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.findall(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]/]*\]|.", pattern, re.DOTALL)
    return "".join(signs.get(part) or _class_or_character(part) for part in parts)


def _class_or_character(part: str) -> str:
    if len(part) == 1:
        return re.escape(part)
    inverse, inside = ("^/", part[2:-1]) if part[1] == "!" else ("", part[1:-1])
    inside = re.sub(r"([\\\[\]^&~|])", r"\\\1", inside)
    return f"[{inverse}{inside}]"
