"""Picture files of single digits, of any kind that is read, as 28x28: as they are, or placed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.data.bounded import check_count, reading
from tenfold.data.endings import PICTURE_ENDINGS
from tenfold.data.folders import is_clutter
from tenfold.data.images import SIZE, Images
from tenfold.data.png import MAX_PNG, decode_png, is_plain
from tenfold.errors import FormatError, PictureError
from tenfold.imaging import Ink, Picture, find_ink, open_picture, place
from tenfold.imaging.layout import whole_line
from tenfold.imaging.limits import check_pixels
from tenfold.language import text as _

__all__ = ["pictures_in", "read_digit", "read_digits"]

_SAMPLE = 100
_AGREED = 0.8
_DEPTH = 4


def read_digits(
    files: Sequence[Path], folder: Path, *, resize: bool = False
) -> tuple[Images, tuple[str, ...]]:
    """Read pictures, one digit each.

    Args:
        files: the pictures.
        folder: where they lie, for the messages.
        resize: whether to find the ink of each picture, of whatever size, and place it as MNIST's
            makers did, instead of taking its pixels as they are.

    Returns:
        uint8 [N, 28, 28] and what a person should know of how they were read.

    Raises:
        FormatError: if there are too many, or one is damaged or blank or, where they are taken as
            they are, not 28x28.
        StorageError: if a file cannot be read.
    """
    check_count(len(files), folder)
    images = np.empty((len(files), SIZE, SIZE), np.uint8)
    if not resize:
        for at, file in enumerate(files):
            images[at] = read_digit(file)
        return images, ()
    bright = _polarity(files)
    count = 0
    for at, file in enumerate(files):
        ink = find_ink(_open(file).gray, bright)
        images[at] = np.rint(place(_cut(ink, file)) * 255)
        count += ink.bright
    return images, (_told(folder, len(files) - count, count),)


def read_digit(path: Path) -> npt.NDArray[np.uint8]:
    """Return the gray levels of one picture of 28x28, uint8 [28, 28], as they are.

    Color becomes luma, 16 bits become 8, what is transparent is laid on white (on black where
    nothing would show on white), and a picture with an EXIF rotation is turned upright.

    Raises:
        FormatError: if it is damaged or not 28x28.
        StorageError: if it cannot be read.
    """
    with reading(path), path.open("rb") as file:
        content = file.read(MAX_PNG + 1)
    if is_plain(content):
        return decode_png(content, path)
    gray = _open(path, exact=True).gray
    return np.rint(gray * 255).astype(np.uint8)


def pictures_in(folder: Path, depth: int = _DEPTH) -> Iterator[Path]:
    """Yield the pictures in ``folder`` and its folders; links to folders are not followed."""
    try:
        with os.scandir(folder) as entries:
            there = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in there:
        if is_clutter(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth:
                yield from pictures_in(folder / entry.name, depth - 1)
        elif entry.name.lower().endswith(PICTURE_ENDINGS):
            yield folder / entry.name


def _open(path: Path, *, exact: bool = False) -> Picture:
    def check(width: int, height: int) -> None:
        check_pixels(width, height)
        if exact and (width, height) != (SIZE, SIZE):
            raise PictureError(
                _(
                    "The picture is {width}x{height} pixels; expected 28x28. `tenfold data convert "
                    "SOURCE TARGET --resize` places the digits of any pictures as MNIST's are.",
                    width=width,
                    height=height,
                )
            )

    try:
        return open_picture(path, check)
    except PictureError as error:
        raise FormatError(str(error)) from error


def _polarity(files: Sequence[Path]) -> bool | None:
    """Return whether the ink of nearly all pictures is bright, by a sample; None where mixed.

    One picture alone may deceive, such as a 0 that fills it.
    """
    step = max(1, len(files) // _SAMPLE)
    sample = [find_ink(_open(file).gray).bright for file in files[::step]]
    share = sum(sample) / len(sample) if sample else 0.0
    return None if 1 - _AGREED < share < _AGREED else share >= _AGREED


def _cut(ink: Ink, path: Path) -> npt.NDArray[np.float32]:
    """Cut the ink to its box, specks left out."""
    line = whole_line(ink)
    if line is None:
        raise FormatError(_("{path} has no ink to be seen; expected one digit.", path=path))
    top = max(0, round(line.middle - line.height / 2))
    left = round(line.left)
    cover = ink.cover[top : top + round(line.height), left : round(line.right)]
    x, y, width, height = cv2.boundingRect((cover > 0).view(np.uint8))
    return np.ascontiguousarray(cover[y : y + height, x : x + width])


def _told(folder: Path, dark: int, bright: int) -> str:
    return _(
        "{folder}: placed as MNIST's digits are, {dark} from dark ink on bright paper and {bright} "
        "from bright ink on dark paper.",
        folder=folder,
        dark=dark,
        bright=bright,
    )
