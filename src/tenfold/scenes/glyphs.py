"""What a hand may write, as center lines: MNIST's training digits thinned, and Hershey strokes."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["BOX", "GRID", "Glyphs", "load_glyphs"]

GRID = 64
"""Cells of a side of the square on which a glyph is kept."""

BOX = 44
"""Cells of a glyph's longest side; the rest is room for the pen."""

# Stroke fonts that look like handwriting or plain writing; the others are ornaments.
_FONTS = ("futural", "cursive", "scripts", "rowmans", "timesi", "greeks")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%&*?@+<>~^"

_TYPED = "ABCDEFGHJKLMNPQRTUVWXYacdefhjkmnprtuvwxy#$%&*?@+<>~"

# Further letters and signs of DejaVu Sans: Greek, Cyrillic, arrows, technical signs, blocks,
# shapes, chessmen, dingbats; without those that look like a digit or hold one.
_RANGES = (
    *((0x2194, 0x21B1), (0x21B6, 0x21BE), (0x21C4, 0x2200), (0x2326, 0x232C), (0x2580, 0x2586)),
    *((0x25A0, 0x25AE), (0x25B0, 0x25CB), (0x25D0, 0x25E6), (0x2600, 0x2621), (0x2622, 0x2643)),
    *((0x2645, 0x264B), (0x264C, 0x2669), (0x266A, 0x266D), (0x266E, 0x2670), (0x2701, 0x2705)),
    *((0x2706, 0x270A), (0x270C, 0x274C), (0x2761, 0x2768), (0x2794, 0x27A0)),
)
_SIGNS = "ΓΔΛΞΠΣΦΨΩαεηκλμνπρτυφχψωДЖИЙЛФЦШЩЪЫЮЯджилмнптфцшщыюя" + "".join(
    chr(code) for first, end in _RANGES for code in range(first, end)
)

# Letters that a person may write just as a digit is written: no reader can tell them apart.
_LIKE_DIGITS = {
    "futural": "OoIlSsZzBbqgi",
    "cursive": "OoIlSsZzbqgiG",
    "scripts": "OoIlSszbqgYPiG",
    "rowmans": "OoIlSsZzBbqgi",
    "timesi": "OoIlSsZzBbqgiG",
    "greeks": "OoIiZz",
}

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """Center lines of strokes, each [64, 64] with the glyph in the middle.

    Args:
        digits: uint8 [N, 64, 8], bits of the thinned digits.
        bodies: uint8 [N, 64, 8], bits of the digits with their own pen's width.
        labels: uint8 [N], what each digit is.
        letters: uint8 [M, 64, 8], bits of letters and signs that are no digit.
        types: uint8 [L, 64, 8], bits of the bodies of machine letters.
        printed: uint8 [K, 64, 8], bits of digits as the stroke fonts have them.
        printed_labels: uint8 [K].
    """

    digits: npt.NDArray[np.uint8]
    bodies: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    letters: npt.NDArray[np.uint8]
    types: npt.NDArray[np.uint8]
    printed: npt.NDArray[np.uint8]
    printed_labels: npt.NDArray[np.uint8]

    @staticmethod
    def lines(bits: npt.NDArray[np.uint8]) -> Mask:
        """Return one glyph's bits as bool [64, 64]."""
        return np.unpackbits(bits, axis=-1).astype(np.bool_)


def load_glyphs(images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> Glyphs:
    """Thin handwritten digits, and take letters and signs from the stroke fonts.

    Args:
        images: uint8 [N, 28, 28], bright ink on black, as MNIST has them.
        labels: uint8 [N], 0 to 9.
    """
    from skimage.morphology import skeletonize

    bodies = [_enlarged(image) for image in images]
    digits = [np.packbits(skeletonize(body), axis=-1) for body in bodies]
    letters, printed, printed_labels = _fonts()
    return Glyphs(
        np.stack(digits),
        np.packbits(np.stack(bodies), axis=-1),
        labels,
        letters,
        _types(),
        printed,
        printed_labels,
    )


def _enlarged(image: npt.NDArray[np.uint8]) -> Mask:
    """Enlarge one image to a crisp shape in the middle of the grid."""
    rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    if rows.size == 0:
        return np.zeros((GRID, GRID), np.bool_)
    cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    cut = np.pad(cut, 1)
    scale = BOX / 20
    size = (round(cut.shape[1] * scale), round(cut.shape[0] * scale))
    large = cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC).reshape(size[::-1])
    return _centered(large > 110)


def _centered(mask: Mask) -> Mask:
    height, width = mask.shape
    grid = np.zeros((GRID, GRID), np.bool_)
    top, left = max(0, (GRID - height) // 2), max(0, (GRID - width) // 2)
    grid[top : top + height, left : left + width] = mask[:GRID, :GRID]
    return grid


@functools.cache
def _types() -> npt.NDArray[np.uint8]:
    """Letters and signs of the text fonts that come with matplotlib, which are free to use."""
    import matplotlib as mpl
    from PIL import Image, ImageDraw, ImageFont

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    paths = sorted(folder.glob("DejaVu*.ttf")) + sorted(folder.glob("STIXGeneral*.ttf"))
    wanted = [(path, _TYPED) for path in paths] + [(folder / "DejaVuSans.ttf", _SIGNS)]
    found = []
    for path, letters in wanted:
        font = ImageFont.truetype(str(path), 2 * GRID)
        missing = bytes(font.getmask("\ufffe"))
        for letter in letters:
            if bytes(font.getmask(letter)) == missing:
                continue
            picture = Image.new("L", (4 * GRID, 4 * GRID))
            ImageDraw.Draw(picture).text((GRID, GRID), letter, 255, font)
            left, top, right, bottom = picture.getbbox() or (0, 0, 1, 1)
            scale = BOX / max(right - left, bottom - top)
            size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
            small = np.asarray(picture.crop((left, top, right, bottom)).resize(size))
            found.append(np.packbits(_centered(small > 127), axis=-1))
    return np.stack(found)


@functools.cache
def _fonts() -> tuple[npt.NDArray[np.uint8], ...]:
    from HersheyFonts import HersheyFonts

    letters, printed, printed_labels = [], [], []
    for font in _FONTS:
        pen = HersheyFonts()
        pen.load_default_font(font)
        for letter in _LETTERS:
            if letter not in _LIKE_DIGITS[font]:
                letters += _drawn(pen, letter)
        if font != "greeks":
            for digit in range(10):
                drawn = _drawn(pen, str(digit))
                printed += drawn
                printed_labels += [digit] * len(drawn)
    return np.stack(letters), np.stack(printed), np.asarray(printed_labels, np.uint8)


def _drawn(pen: object, letter: str) -> list[npt.NDArray[np.uint8]]:
    """Draw a letter's strokes one cell wide; an empty list if the font lacks it."""
    strokes = [np.asarray(s, np.float32) for s in pen.strokes_for_text(letter)]  # type: ignore[attr-defined] # no stubs
    strokes = [s for s in strokes if len(s) > 1]
    if not strokes:
        return []
    points = np.concatenate(strokes)
    low, span = points.min(0), float(np.ptp(points, axis=0).max())
    scale = BOX / max(span, 1e-6)
    shift = (GRID - np.ptp(points, axis=0) * scale) / 2
    canvas = np.zeros((GRID, GRID), np.uint8)
    for stroke in strokes:
        cells = np.rint((stroke - low) * scale + shift).astype(np.int32)
        cv2.polylines(canvas, [cells], False, 1)
    return [np.packbits(canvas > 0, axis=-1)]
