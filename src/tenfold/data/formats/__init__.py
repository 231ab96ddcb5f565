"""The file formats of labeled digits: one file here is one format, named by the file.

A format module has this interface, and a module of it needs no entry in any list:

    SPLITS      the splits that it can hold
    SUFFIXES    the ends of file names that mean it when saving; "" means a name without a suffix
    describe()  one line, in the language in force
    sniff(path) -> bool       whether the content of ``path`` is of this format; never raises
    load(path) -> DataSet     raises FormatError for anything damaged or hostile
    save(data, path)          writes whole or not at all; ``data`` has splits of SPLITS only

and may have:

    OPTIONS                   names of keyword arguments that its ``load`` takes besides
    nearly(path) -> str | None    what ``path`` holds, where it is not of this format but near it,
                              and what this format expects; never raises
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from tenfold.data.bounded import reading
from tenfold.data.contents import contents
from tenfold.data.folders import nearest_entry
from tenfold.data.images import DataSet, LabeledImages
from tenfold.errors import FormatError, InputError, UnknownNameError, did_you_mean
from tenfold.language import text as _
from tenfold.registry import entries

__all__ = ["DataFormat", "arranged", "formats", "joined", "load", "missing", "save", "sniff"]


class DataFormat(Protocol):
    """What a format module offers."""

    SPLITS: tuple[str, ...]
    SUFFIXES: tuple[str, ...]

    def describe(self) -> str:
        """Return one line on the format, in the language in force."""

    def sniff(self, path: Path) -> bool:
        """Return whether the content of ``path`` is of this format."""

    def load(self, path: Path) -> DataSet:
        """Return the data of ``path``."""

    def save(self, data: DataSet, path: Path) -> None:
        """Write ``data`` to ``path``."""


@functools.cache
def formats() -> Mapping[str, DataFormat]:
    """Return all formats by their public names (a module's name with hyphens), sorted."""
    return cast("Mapping[str, DataFormat]", entries(__name__, __path__))


def sniff(path: str | Path) -> str | None:
    """Return the name of the format that the content of ``path`` is in, or None.

    Raises:
        StorageError: if the place cannot be read.
    """
    with reading(Path(path)):
        return next((name for name, form in formats().items() if form.sniff(Path(path))), None)


def load(
    path: str | Path, *, label_column: str | int | None = None, resize: bool = False
) -> DataSet:
    """Load labeled digits from a file or folder, whose format is told by its content.

    Args:
        path: the file or folder.
        label_column: for CSV: "first", "last", a number from 1 or a name of the header; None
            tells it by the header, or by what the columns hold.
        resize: for formats of pictures: take pictures of any size, and place each digit as
            MNIST's are.

    Raises:
        InputError: if there is nothing at ``path``, or its format has no such option.
        FormatError: if it is in no known format, damaged or hostile.
        StorageError: if it cannot be read.
        MissingExtraError: if the format needs a package that is not installed.
    """
    path = Path(path)
    with reading(path):
        there = path.exists()
    if not there:
        raise InputError(missing(path))
    name = sniff(path)
    if name is None:
        raise _unknown(path)
    asked = {"label_column": label_column, "resize": resize or None}
    options = {option: value for option, value in asked.items() if value is not None}
    for option in options:
        if option not in getattr(formats()[name], "OPTIONS", ()):
            raise InputError(
                _(
                    "{path} is of the format {format}, which has no {option} to choose.",
                    path=path,
                    format=name,
                    option=option,
                )
            )
    return cast("Callable[..., DataSet]", formats()[name].load)(path, **options)


def missing(path: Path) -> str:
    """Say that there is nothing at ``path``, and what of nearly that name lies there."""
    message = _("There is no file or folder {path}.", path=path)
    nearest = nearest_entry(path)
    if nearest is None:
        return message
    return f"{message} {did_you_mean(str(nearest))}"


def save(
    data: DataSet,
    path: str | Path,
    format: str | None = None,  # noqa: A002 - the word that a user expects
    *,
    overwrite: bool = False,
) -> str:
    """Save labeled digits, whole or not at all, and return the name of the format.

    Where the format cannot hold a "valid" split, its images follow those of "train".

    Args:
        data: what to save.
        path: the file or folder to write.
        format: a format's name; None tells it by the end of ``path``'s name.
        overwrite: whether something at ``path`` may be replaced. A folder is replaced only where
            each file in it is written anew.

    Raises:
        UnknownNameError: if there is no such format.
        InputError: if ``path`` exists, tells no format, or the format cannot hold the splits.
        StorageError: if the place cannot be written.
        MissingExtraError: if the format needs a package that is not installed.
    """
    path = Path(path)
    name = format or _name_for(path)
    if name not in formats():
        raise UnknownNameError(_("format"), name, formats())
    if not overwrite and (path.exists() or path.is_symlink()) and not _empty_folder(path):
        raise InputError(
            _(
                "{path} exists already and was left as it is; "
                "--force (overwrite=True) replaces it.",
                path=path,
            )
        )
    if not data.splits:
        raise InputError(
            _("The images of {name} have no labels; there is nothing to save.", name=data.name)
        )
    form = formats()[name]
    form.save(arranged(data, form.SPLITS), path)
    return name


def arranged(data: DataSet, splits: tuple[str, ...]) -> DataSet:
    """Return ``data`` with "valid" put at the end of "train" where ``splits`` has no "valid"."""
    if "valid" in splits or "valid" not in data.splits:
        return data
    parts = [data.splits[name] for name in ("train", "valid") if name in data.splits]
    rest = {"test": data.test} if "test" in data.splits else {}
    return DataSet(data.name, {"train": joined(parts), **rest})


def joined(parts: list[LabeledImages]) -> LabeledImages:
    """Return the images of all ``parts`` in their order."""
    return LabeledImages(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )


def _unknown(path: Path) -> FormatError:
    """Say what is at ``path`` and, where a format is near, what that expects."""
    asked = (getattr(form, "nearly", None) for form in formats().values())
    found = (ask(path) for ask in asked if ask is not None)
    what = next((line for line in found if line), None) or contents(path)
    return FormatError(
        _(
            "{path} is in no format known here, or is damaged: it is {what}. Known: {names}.",
            path=path,
            what=what,
            names=", ".join(formats()),
        )
    )


def _name_for(path: Path) -> str:
    """Tell the format by the end of a file's name; a name without a suffix is a folder of IDX."""
    for name, form in formats().items():
        for suffix in form.SUFFIXES:
            if path.name.lower().endswith(suffix) if suffix else not path.suffix:
                return name
    raise InputError(
        _(
            "The name {name} tells no format; name one of {names}.",
            name=path.name,
            names=", ".join(formats()),
        )
    )


def _empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())
