"""Picture files and PIL images to arrays, through Pillow, with hostile ones refused by name."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, UnidentifiedImageError

from tenfold.errors import PictureError, TenfoldError
from tenfold.files import why
from tenfold.imaging import heif
from tenfold.imaging.limits import check_bytes, check_pixels
from tenfold.language import text as _

__all__ = [
    "FORMATS",
    "Check",
    "DecodedPicture",
    "decode_bytes",
    "decode_file",
    "decode_image",
    "upright",
]

# Formats with a firm signature and a decoder inside Pillow; never EPS, which runs a program.
FORMATS: tuple[str, ...] = ("PNG", "JPEG", "GIF", "BMP", "PPM", "TIFF", "WEBP", "JPEG2000", "AVIF")

Check: TypeAlias = Callable[[int, int], None]
"""Refuses a width and a height, in pixels as stored, before anything is decoded."""

_AS_THEY_ARE = {"1", "L", "LA", "RGB", "RGBA"}
_WITH_ALPHA = {"PA", "RGBa"}

# What each EXIF orientation needs so that the picture stands upright.
_UPRIGHT: dict[int, Callable[[npt.NDArray[Any]], npt.NDArray[Any]]] = {
    2: lambda plane: plane[:, ::-1],
    3: lambda plane: plane[::-1, ::-1],
    4: lambda plane: plane[::-1],
    5: lambda plane: plane.T,
    6: lambda plane: np.rot90(plane, -1),
    7: lambda plane: plane[::-1, ::-1].T,
    8: lambda plane: np.rot90(plane),
}


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPicture:
    """The pixels of a picture as stored, and how it is shown.

    Args:
        pixels: bool, uint8, uint16 or float32, [H, W] or [H, W, 2 to 4]; may be a reduced JPEG.
        orientation: the EXIF value, 1 to 8.
        width: pixels as shown, after rotation, unreduced.
        height: the same.
    """

    pixels: npt.NDArray[Any]
    orientation: int
    width: int
    height: int


def decode_file(path: Path, enough: int, check: Check = check_pixels) -> DecodedPicture:
    """Decode the picture file at ``path``; a JPEG may come reduced to not less than ``enough``.

    Raises:
        PictureError: if there is no such file, it may not be read, or it is no readable picture.
    """
    try:
        if path.is_file():
            check_bytes(path.stat().st_size)
            with path.open("rb") as file:
                return _decode(file, enough, check)
        reason = _no_file(path)
    except PictureError as error:
        raise PictureError(f"{path}: {error}") from error
    # ValueError: a path with a null byte in it.
    except (OSError, ValueError) as error:
        message = _("The file cannot be opened: {reason}.", reason=why(error))
        raise PictureError(f"{path}: {message}") from error
    raise PictureError(f"{path}: {reason}")


def decode_bytes(content: bytes, enough: int, check: Check = check_pixels) -> DecodedPicture:
    """Decode the bytes of a picture file; a JPEG may come reduced to not less than ``enough``.

    Raises:
        PictureError: if they are no readable picture.
    """
    check_bytes(len(content))
    return _decode(io.BytesIO(content), enough, check)


def decode_image(image: Image.Image) -> DecodedPicture:
    """Take the pixels of a PIL image; the image itself is not changed.

    Raises:
        PictureError: if it is empty, too large, or its file turns out to be damaged.
    """
    if 0 in image.size:
        raise PictureError(_("The PIL image is empty; expected at least one pixel."))
    with _decoder_errors():
        return _shown(image, *image.size)


def upright(plane: npt.NDArray[Any], orientation: int) -> npt.NDArray[Any]:
    """Turn ``plane`` [h, w] as its EXIF ``orientation`` asks; a value unknown changes nothing."""
    turn = _UPRIGHT.get(orientation)
    return plane if turn is None else turn(plane)


def _decode(file: IO[bytes], enough: int, check: Check) -> DecodedPicture:
    formats = FORMATS
    if heif.is_heif(file):
        heif.prepare()
        formats = (heif.FORMAT,)
    with _decoder_errors(), Image.open(file, formats=formats) as image:
        width, height = image.size
        check(width, height)
        scale = enough / max(width, height)
        # libjpeg decodes at 1/2, 1/4 or 1/8 for a fraction of the time and memory.
        image.draft("L", (max(1, int(width * scale)), max(1, int(height * scale))))
        return _shown(image, width, height)


def _shown(image: Image.Image, width: int, height: int) -> DecodedPicture:
    check_pixels(width, height)
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    if orientation in (5, 6, 7, 8):
        width, height = height, width
    return DecodedPicture(_pixels(image), orientation, width, height)


def _pixels(image: Image.Image) -> npt.NDArray[Any]:
    """The pixels of an image of any mode as bool, uint8, uint16 or float32."""
    if image.mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16)
    if image.mode in ("I", "F"):
        return _stretched(np.asarray(image))
    if image.mode == "La":
        return np.asarray(image.convert("LA"))
    if image.mode in _WITH_ALPHA or "transparency" in image.info:
        return np.asarray(image.convert("RGBA"))
    return np.asarray(image if image.mode in _AS_THEY_ARE else image.convert("RGB"))


def _stretched(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Map 32-bit values, whose white no format fixes, to 0 .. 1.

    Values from 0 to 1, to 255 or to 65535 keep their meaning; others span from least to greatest.
    """
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise PictureError(_("The picture holds values that are no numbers; expected finite ones."))
    floats = values.dtype.kind == "f"
    whites = (1.0, 255.0, 65535.0) if floats else (65535.0,)
    white = next((white for white in whites if low >= 0 and high <= white), None)
    if white is None:
        return ((values.astype(np.float64) - low) / (high - low)).astype(np.float32)
    return values.astype(np.float32) / np.float32(white)


@contextmanager
def _decoder_errors() -> Iterator[None]:
    """Give whatever a decoder raises on damaged or hostile bytes as a ``PictureError``."""
    try:
        yield
    except TenfoldError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError(
            _(
                "Its bytes are no picture of a known format ({formats}). "
                "Save it as PNG or JPEG and read that.",
                formats=", ".join((*FORMATS, "HEIC")),
            )
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(
            _("The picture is far too large to be read. Make it smaller.")
        ) from error
    except Exception as error:
        raise PictureError(
            _(
                "The picture is damaged or incomplete: {reason}. Save it anew and try again.",
                reason=str(error).rstrip(".") or type(error).__name__,
            )
        ) from error


def _no_file(path: Path) -> str:
    if path.is_dir():
        return _("It is a folder; expected a picture file.")
    if path.exists():
        return _("It is neither a file nor a folder; expected a picture file.")
    return _("There is no such file.")
