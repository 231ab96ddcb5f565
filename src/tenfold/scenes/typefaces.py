"""Letters of typefaces that are free to use: machine letters, and such as a pen would write.

The handwriting families are dependencies of their own, each with its license, so that their
letters come as any library does. Only letters that no hand writes as it writes a digit are taken.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.grid import BOX, GRID, centered

__all__ = ["PACKAGES", "drawn_letters", "machine_letters", "written_letters"]

# Families that a pen would write, and such as are set for signs and headlines.
_HANDS = (
    "caveat",
    "dancing_script",
    "great_vibes",
    "indie_flower",
    "kalam",
    "pacifico",
    "permanent_marker",
    "satisfy",
    "shadows_into_light",
)
_MACHINES = ("abril_fatface", "lobster", "playfair_display")

PACKAGES = (
    "Hershey-Fonts",
    *(f"fontpkg-{name.replace('_', '-')}" for name in (*_HANDS, *_MACHINES)),
)
"""Packages that the letters are from; all of the last kind are SIL OFL or Apache 2.0."""

_TYPED = "ABCDEFGHJKLMNPQRTUVWXYacdefhjkmnprtuvwxy#$%&*?@+<>~"

# A pen's L, Q or T may be a 2 or a 7, its y a 4.
_WRITTEN = "ACDEFHKMNPRUVWXacdefhkmnprtuvwx#$%&*?@+<>~"

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

# Letters of the stroke fonts that a person may write just as a digit is written.
_LIKE_DIGITS = {
    "futural": "OoIlSsZzBbqgi",
    "cursive": "OoIlSsZzbqgiG",
    "scripts": "OoIlSszbqgYPiG",
    "rowmans": "OoIlSsZzBbqgi",
    "timesi": "OoIlSsZzBbqgiG",
    "greeks": "OoIiZz",
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%&*?@+<>~^"

Bits = npt.NDArray[np.uint8]


@functools.cache
def machine_letters() -> Bits:
    """Bodies of machine letters and signs, bits uint8 [L, 64, 8]."""
    import matplotlib as mpl

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    paths = sorted(folder.glob("DejaVu*.ttf")) + sorted(folder.glob("STIXGeneral*.ttf"))
    wanted = [(path, _TYPED) for path in (*paths, *_family_files(_MACHINES))]
    return _packed(_bodies([*wanted, (folder / "DejaVuSans.ttf", _SIGNS)]))


@functools.cache
def written_letters() -> Bits:
    """Center lines of letters as a pen writes them, bits uint8 [M, 64, 8]."""
    from skimage.morphology import skeletonize

    bodies = _bodies([(path, _WRITTEN) for path in _family_files(_HANDS)])
    return _packed(skeletonize(body) for body in bodies)


@functools.cache
def drawn_letters() -> tuple[Bits, Bits, Bits]:
    """Strokes of the Hershey fonts: letters, digits (bits uint8 [., 64, 8]), the digits' labels."""
    from HersheyFonts import HersheyFonts

    letters, printed, printed_labels = [], [], []
    for font, like_digits in _LIKE_DIGITS.items():
        pen = HersheyFonts()
        pen.load_default_font(font)
        for letter in _LETTERS:
            if letter not in like_digits:
                letters += _strokes(pen, letter)
        if font != "greeks":
            for digit in range(10):
                drawn = _strokes(pen, str(digit))
                printed += drawn
                printed_labels += [digit] * len(drawn)
    return _packed(letters), _packed(printed), np.asarray(printed_labels, np.uint8)


def _family_files(families: Iterable[str]) -> Iterator[Path]:
    for family in families:
        folder = files(f"fontpkg_{family}") / "files"
        yield from sorted(Path(str(one)) for one in folder.iterdir() if one.name.endswith(".ttf"))


def _bodies(wanted: Iterable[tuple[Path, str]]) -> Iterator[npt.NDArray[np.bool_]]:
    """Letters of font files, each as large as the grid has room for; what a font lacks is not."""
    from PIL import Image, ImageDraw, ImageFont

    for path, letters in wanted:
        font = ImageFont.truetype(str(path), 2 * GRID)
        missing = bytes(font.getmask("\ufffe"))
        for letter in letters:
            if bytes(font.getmask(letter)) == missing:
                continue
            picture = Image.new("L", (6 * GRID, 6 * GRID))
            ImageDraw.Draw(picture).text((2 * GRID, GRID), letter, 255, font)
            left, top, right, bottom = picture.getbbox() or (0, 0, 1, 1)
            scale = BOX / max(right - left, bottom - top)
            size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
            small = np.asarray(picture.crop((left, top, right, bottom)).resize(size))
            yield centered(small > 127)


def _strokes(pen: object, letter: str) -> list[npt.NDArray[np.bool_]]:
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
    return [canvas > 0]


def _packed(masks: Iterable[npt.NDArray[np.bool_]]) -> Bits:
    return np.stack([np.packbits(mask, axis=-1) for mask in masks])
