"""CSV as Kaggle has it: a column label and 784 columns of pixels, a row an image.

With or without the header, the label in any column, parted by commas, tabs, semicolons or spaces,
plain or .gz. One file is one split, told by its name; a folder holds train.csv and test.csv (or
mnist_train.csv ...). A table of pixels alone is a split without labels.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np
import numpy.typing as npt

from tenfold.data.arrays import labeled, to_images
from tenfold.data.bounded import head, opened
from tenfold.data.folders import replacing_folder, split_named, split_told
from tenfold.data.formats._csv_columns import (
    LABELS,
    Columns,
    check_width,
    columns_by_evidence,
    columns_by_names,
    is_header,
)
from tenfold.data.images import SIZE, SPLITS, DataSet, Images, LabeledImages
from tenfold.data.rows import MAX_LINE, Rows, cells_of, is_number, parse_rows, separator_of
from tenfold.errors import FormatError, InputError
from tenfold.files import replacing
from tenfold.language import text as _

__all__ = ["OPTIONS", "SPLITS", "SUFFIXES", "describe", "load", "nearly", "save", "sniff"]

SUFFIXES = (".csv", ".csv.gz")
OPTIONS = ("label_column",)

_PIXELS = SIZE * SIZE
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WIDE = 100
_HEADER = ",".join(["label", *(f"pixel{number}" for number in range(_PIXELS))])
_NUMBERS = [str(value) for value in range(256)]


def describe() -> str:
    """Return one line on the format."""
    return _("CSV as Kaggle has it: label,pixel0 to pixel783, with or without the header, or .gz")


def sniff(path: Path) -> bool:
    """Return whether ``path`` begins with such a header or row, or holds files named so."""
    return bool(_files(path)) if path.is_dir() else _looks_right(path)


def nearly(path: Path) -> str | None:
    """Return what a table of other columns holds; None where ``path`` is no text table."""
    names = _first_cells(path)
    if len(names) < 2:
        return None
    return _(
        "a table of {count} columns, {names}; expected label and 784 pixels",
        count=len(names),
        names=", ".join(name[:20] for name in names[:5]) + (", ..." if len(names) > 5 else ""),
    )


def load(path: Path, *, label_column: str | int | None = None) -> DataSet:
    """Load one file as one split, or a folder's files as the splits that their names tell.

    Args:
        path: the file or folder.
        label_column: where the label is: "first", "last", a number from 1, or a name of the
            header; None tells it by the header or by what the columns hold.

    Raises:
        FormatError: naming the line that breaks the format's rules, or saying why it is not
            clear which column holds the labels.
        InputError: if there is no such column.
    """
    files = _files(path) if path.is_dir() else {split_named(path.name): [path]}
    asked = None if label_column is None else str(label_column).strip()
    splits: dict[str, LabeledImages] = {}
    unlabeled: dict[str, Images] = {}
    for split, found in files.items():
        images = _load_file(_only(found), asked)
        if isinstance(images, LabeledImages):
            splits[split] = images
        else:
            unlabeled[split] = images
    return DataSet(path.name.split(".")[0], splits, unlabeled)


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
    names = _first_cells(path)
    if len(names) < 2 or names[0][:1] in ("[", "{", "("):
        return False
    return (
        len(names) >= _WIDE
        or not LABELS.isdisjoint((names[0], names[-1]))
        or all(is_number(name.encode()) for name in names)
    )


def _first_cells(path: Path) -> list[str]:
    """Return the cells of the first line in lower case; none where ``path`` is no text table."""
    begin = head(path, MAX_LINE)
    if begin[:2] in _UTF_16:
        begin = begin.decode("utf-16", "replace").encode()
    line = begin.removeprefix(_BOM).split(b"\n", 1)[0]
    cells = [cell.decode("utf-8", "replace").lower() for cell in cells_of(line, separator_of(line))]
    return cells if all(cell.isprintable() for cell in cells) else []


def _files(folder: Path) -> dict[str, list[Path]]:
    """Return the tables of each split: those of the plainest name that there are."""
    ranked: dict[str, dict[int, list[Path]]] = {}
    try:
        files = [file for file in sorted(folder.iterdir()) if not file.name.startswith(".")]
    except OSError:
        return {}
    for file in files:
        name = file.name.lower()
        split = split_told(file.name)
        if not name.endswith(SUFFIXES) or split is None or len(_first_cells(file)) < _WIDE:
            continue
        plain = (f"{split}.csv", f"{split}.csv.gz", f"mnist_{split}.csv", f"mnist_{split}.csv.gz")
        rank = plain.index(name) if name in plain else len(plain)
        ranked.setdefault(split, {}).setdefault(rank, []).append(file)
    return {split: ranked[split][min(ranked[split])] for split in SPLITS if split in ranked}


def _only(files: list[Path]) -> Path:
    if len(files) == 1:
        return files[0]
    raise FormatError(
        _(
            "{first} and {second} both name the same split; expected one file. Name the one that "
            "is meant, or move the other.",
            first=files[0],
            second=files[1],
        )
    )


def _load_file(path: Path, asked: str | None) -> LabeledImages | Images:
    with opened(path) as file:
        first = file.readline(MAX_LINE).removeprefix(_BOM)
        if first[:2] in _UTF_16:
            raise FormatError(
                _("{path} is UTF-16 text; save it as UTF-8 (in Excel: CSV UTF-8).", path=path)
            )
        separator = separator_of(first)
        cells = cells_of(first, separator)
        columns = None
        if is_header(cells):
            columns = columns_by_names(_names(cells, path), path, asked)
            first = b""
        else:
            check_width(len(cells), path)
        rows = parse_rows(
            file,
            path,
            columns=len(cells),
            line=1 if first else 2,
            begin=first,
            separator=separator,
        )
    if not len(rows):
        raise FormatError(_("{path} has a header but no rows; expected an image a row.", path=path))
    return _divided(rows, columns or columns_by_evidence(rows, path, asked), path)


def _divided(rows: Rows, columns: Columns, path: Path) -> LabeledImages | Images:
    pixels: npt.NDArray[np.uint8] | npt.NDArray[np.float32] = rows[:, list(columns.pixels)]
    if pixels.dtype != np.uint8 and (pixels == np.floor(pixels)).all() and pixels.max() <= 255:
        pixels = pixels.astype(np.uint8)
    if columns.label is None:
        return to_images(pixels, path)
    return labeled(pixels, rows[:, columns.label], path)


def _names(cells: list[bytes], path: Path) -> list[str]:
    try:
        return [cell.decode("utf-8").lower() for cell in cells]
    except UnicodeDecodeError as error:
        raise FormatError(
            _("{path} is not UTF-8 text: {reason}.", path=path, reason=error)
        ) from error


def _save_file(images: LabeledImages, path: Path) -> None:
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
