"""CSV as Kaggle has it: a column label and 784 columns of pixels, a row an image.

With or without the header; a header may also put the label (or class) last. Plain or .gz. One file
is one split, told by its name; a folder holds train.csv and test.csv (or mnist_train.csv ...).
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np

from tenfold.data.arrays import labelled
from tenfold.data.bounded import head, opened
from tenfold.data.folders import replacing_folder, split_named
from tenfold.data.images import SIZE, SPLITS, DataSet, LabelledImages
from tenfold.data.rows import MAX_LINE, parse_rows
from tenfold.errors import FormatError, InputError
from tenfold.files import replacing
from tenfold.language import text as _

__all__ = ["SPLITS", "SUFFIXES", "describe", "load", "save", "sniff"]

SUFFIXES = (".csv", ".csv.gz")

_COLUMNS = 1 + SIZE * SIZE
_BOM = b"\xef\xbb\xbf"
_LABELS = ("label", "class")
_HEADER = ",".join(["label", *(f"pixel{number}" for number in range(SIZE * SIZE))])
_NUMBERS = [str(value) for value in range(256)]


def describe() -> str:
    """Return one line on the format."""
    return _("CSV as Kaggle has it: label,pixel0 to pixel783, with or without the header, or .gz")


def sniff(path: Path) -> bool:
    """Return whether ``path`` begins with such a header or row, or holds files named so."""
    return bool(_files(path)) if path.is_dir() else _looks_right(path)


def load(path: Path) -> DataSet:
    """Load one file as one split, or a folder's files as the splits that their names tell.

    Raises:
        FormatError: naming the line that breaks the format's rules.
    """
    files = _files(path) if path.is_dir() else {split_named(path.name): path}
    name = path.name.split(".")[0]
    return DataSet(name, {split: _load_file(file) for split, file in files.items()})


def save(data: DataSet, path: Path) -> None:
    """Write one split to a file whose name ends in .csv or .csv.gz, or any splits to a folder.

    Raises:
        InputError: if a file is named for more than one split.
    """
    if not path.name.lower().endswith(SUFFIXES):
        with replacing_folder(path) as folder:
            for split, images in data.splits.items():
                _save_file(images, folder / f"{split}.csv")
        return
    if len(data.splits) != 1:
        raise InputError(
            _(
                "{path} can hold one split; received {splits}. Name a folder (without a suffix).",
                path=path,
                splits=", ".join(data.splits),
            )
        )
    _save_file(next(iter(data.splits.values())), path)


def _looks_right(path: Path) -> bool:
    line = head(path, MAX_LINE).removeprefix(_BOM).split(b"\n", 1)[0].strip().lower()
    if b"," not in line:
        return False
    first = line.replace(b'"', b"").split(b",", 1)[0]
    return first.startswith((b"label", b"class", b"pixel")) or not line.strip(b'0123456789,"')


def _files(folder: Path) -> dict[str, Path]:
    return {
        split: file
        for split in SPLITS
        for pattern in (f"{split}.csv", f"mnist_{split}.csv")
        for file in (folder / pattern, folder / f"{pattern}.gz")
        if file.is_file()
    }


def _load_file(path: Path) -> LabelledImages:
    with opened(path) as file:
        first = file.readline(MAX_LINE)
        begin = first.removeprefix(_BOM)
        label = 0
        if begin[:1] not in b"0123456789\"'" or begin[1:2].isalpha():
            label = _label_column(begin, path)
            begin = b""
        rows = parse_rows(file, path, columns=_COLUMNS, line=1 if begin else 2, begin=begin)
    if label:
        return labelled(rows[:, :-1], rows[:, -1], path)
    return labelled(rows[:, 1:], rows[:, 0], path)


def _label_column(header: bytes, path: Path) -> int:
    """Return where the header says that the label is: 0 or the last column."""
    try:
        names = header.decode("utf-8").strip().replace('"', "").lower().split(",")
    except UnicodeDecodeError as error:
        raise FormatError(
            _("{path} is not UTF-8 text: {reason}.", path=path, reason=error)
        ) from error
    for at in (0, len(names) - 1):
        if names[at] in _LABELS and len(names) == _COLUMNS:
            return at
    raise FormatError(
        _(
            "{path} has a header of {count} columns, from {first!r} to {last!r}; "
            "expected label and 784 pixels.",
            path=path,
            count=len(names),
            first=names[0][:40],
            last=names[-1][:40],
        )
    )


def _save_file(images: LabelledImages, path: Path) -> None:
    rows = np.column_stack([images.labels, images.images.reshape(-1, SIZE * SIZE)])
    with _writing(path) as file:
        file.write(f"{_HEADER}\n".encode())
        for row in rows:
            file.write(f"{','.join(map(_NUMBERS.__getitem__, row.tobytes()))}\n".encode())


@contextmanager
def _writing(path: Path) -> Iterator[IO[bytes]]:
    with replacing(path) as file:
        if path.suffix.lower() != ".gz":
            yield file
            return
        with gzip.GzipFile(
            filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0
        ) as packed:
            yield cast("IO[bytes]", packed)
