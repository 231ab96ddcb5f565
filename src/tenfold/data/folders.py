"""Folders of data: split names, members that stay inside, clutter, folders that appear whole."""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from tenfold.errors import FormatError, InputError
from tenfold.files import make_folder, storage_error
from tenfold.language import text as _

__all__ = [
    "check_inside",
    "is_clutter",
    "members",
    "nearest_entry",
    "replacing_folder",
    "split_named",
    "split_told",
    "subfolders",
]

_CLUTTER = frozenset(
    (
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "icon\r",
        "__macosx",
        "__pycache__",
        "@eadir",
        "$recycle.bin",
        "system volume information",
    )
)
"""What operating systems, cameras and notebooks strew about, beside all names with a dot first."""

_SPLIT_WORDS = {
    "train": {"train", "training", "trainset", "traindata"},
    "valid": {"valid", "validation", "val", "valset", "dev", "devset"},
    "test": {"test", "testing", "tests", "testset", "testdata", "t10k"},
}
# Words end at whatever is no letter, and where a small letter is followed by a capital one.
_WORD = re.compile(r"t10k|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def split_named(name: str) -> str:
    """Return the split that a file's or folder's name speaks of; "train" where it is silent.

    It must be a word of its own: x_test, Test.csv and mnistTest-2 speak of test, contest does not.
    """
    return split_told(name) or "train"


def split_told(name: str) -> str | None:
    """Return the split that a file's or folder's name speaks of, or None where it is silent."""
    words = {word.lower() for word in _WORD.findall(name.replace("T10K", "t10k"))}
    return next((split for split, known in _SPLIT_WORDS.items() if words & known), None)


def is_clutter(name: str) -> bool:
    """Return whether a file or folder of this name is an operating system's, and no data."""
    return name.startswith(".") or name.lower() in _CLUTTER


def subfolders(path: Path) -> dict[str, Path]:
    """Return the folders directly inside ``path`` by name; none where it is no readable folder."""
    try:
        entries = sorted(path.iterdir())
    except OSError:
        return {}
    return {e.name: e for e in entries if e.is_dir() and not is_clutter(e.name)}


def nearest_entry(path: Path) -> Path | None:
    """Return what lies beside the missing ``path`` under nearly its name, or None."""
    try:
        names = [e.name for e in path.parent.iterdir() if e.name != path.name]
    except OSError:
        return None
    nearest = difflib.get_close_matches(path.name, names, n=1)
    return path.with_name(nearest[0]) if nearest else None


def check_inside(path: Path, root: Path) -> None:
    """Refuse a link that leads out of ``root``, or in a circle.

    Raises:
        FormatError: if it does.
    """
    try:
        inside = path.resolve().is_relative_to(root.resolve())
    # Python 3.11 and 3.12 say RuntimeError for links that lead in a circle.
    except (OSError, RuntimeError) as error:
        raise FormatError(_("{path} is a link that leads nowhere; refused.", path=path)) from error
    if not inside:
        raise FormatError(
            _("{path} is a link that leads out of {folder}; refused.", path=path, folder=root)
        )


def members(folder: Path, suffixes: Collection[str], root: Path) -> list[Path]:
    """Return the files of ``folder`` that end in ``suffixes``, sorted by number or else by name.

    What operating systems strew about is passed over, and so are folders.

    Raises:
        FormatError: for any other file, and for a link that leads out of ``root``.
        StorageError: if the folder cannot be read.
    """
    found = []
    try:
        with os.scandir(folder) as entries:
            there = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise storage_error(folder, error) from error
    for entry in there:
        if is_clutter(entry.name):
            continue
        path = folder / entry.name
        if entry.is_symlink():
            check_inside(path, root)
        if entry.is_dir():
            continue
        if path.suffix.lower() not in suffixes or not entry.is_file():
            raise FormatError(
                _(
                    "{path} does not belong here; expected {suffix} files only.",
                    path=path,
                    suffix=", ".join(suffixes),
                )
            )
        found.append(path)
    if all(path.stem.isdecimal() for path in found):
        # %05d.png grows a digit at 100,000, where the order of names is no longer that of numbers.
        found.sort(key=lambda path: (len(path.stem), path.stem))
    return found


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes ``path`` when the block ends without an error.

    A folder that is there already is replaced only if each of its files is written anew, so
    nothing else that lies in it is ever lost.

    Raises:
        InputError: if ``path`` is a file, or holds files that would not be written anew.
        StorageError: if the disk is full or the place cannot be written.
    """
    make_folder(path.parent)
    try:
        with tempfile.TemporaryDirectory(
            dir=path.parent, prefix=f".{path.name}.", suffix=".part"
        ) as temporary:
            new = Path(temporary) / "new"
            new.mkdir()
            yield new
            if path.exists():
                _check_covered(path, new)
                path.rename(Path(temporary) / "old")
            new.rename(path)
    except OSError as error:
        raise storage_error(path, error) from error


def _check_covered(old: Path, new: Path) -> None:
    if not old.is_dir():
        raise InputError(_("{path} is a file; expected a folder to write.", path=old))
    kept = _files(old) - _files(new)
    if kept:
        raise InputError(
            _(
                "{path} holds {count} files that would be lost, such as {example}; "
                "choose another place or remove them.",
                path=old,
                count=len(kept),
                example=min(kept),
            )
        )


def _files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if not file.is_dir()}
