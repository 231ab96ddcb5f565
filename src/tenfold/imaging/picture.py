"""A picture of any kind as one plane of gray."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from tenfold.errors import PictureError
from tenfold.imaging.decoding import Check, decode_bytes, decode_file, decode_image, upright
from tenfold.imaging.limits import check_pixels
from tenfold.language import text as _

__all__ = ["WORKING_SIDE", "Gray", "Picture", "PictureSource", "open_picture"]

# Longest side of what later steps see: a digit a fiftieth of the page is still 28 pixels high.
WORKING_SIDE = 1600

# Below this range of gray, strokes composed on white are no longer clear to see.
_CLEAR_CONTRAST = 0.25

Gray: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    Args:
        gray: float32 [h, w], 0 black to 1 white, upright; shrunk so that no side exceeds 1600.
        width: pixels of the picture as shown, after EXIF rotation, before shrinking.
        height: the same.
    """

    gray: Gray
    width: int
    height: int


PictureSource: TypeAlias = (
    Picture
    | str
    | os.PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | Image.Image
    | npt.NDArray[Any]
)


def open_picture(source: PictureSource, check: Check = check_pixels) -> Picture:
    """Decode ``source`` to gray.

    Color becomes luma (ITU-R 601). A transparent picture is laid on white, or on black where its
    strokes would not show on white. EXIF rotation is applied. Of an animation the first
    frame counts.

    Args:
        source: a path; the bytes of a file (AVIF, BMP, GIF, JPEG, JPEG 2000, PNG, PNM, TIFF, WebP;
            with ``tenfold[heic]`` HEIC); a PIL image; an array [H, W] or [H, W, 1 to 4] (gray,
            gray + alpha, RGB, RGBA) of bool, uint8, uint16 (0 to 65535) or float (0 to 1); or a
            picture that was opened before, which comes back as it is.
        check: raises if a file's width and height are too much for who asks; by default what
            ``check_pixels`` does, which is done in any case.

    Raises:
        PictureError: if it is none of these, damaged, empty, or has over 64 million pixels.
    """
    if isinstance(source, Picture):
        return source
    if isinstance(source, np.ndarray):
        return _picture(_plain(source), orientation=1)
    if isinstance(source, Image.Image):
        decoded = decode_image(source)
    elif isinstance(source, bytes | bytearray | memoryview):
        decoded = decode_bytes(bytes(source), WORKING_SIDE, check)
    elif isinstance(source, str | os.PathLike):
        decoded = decode_file(Path(source), WORKING_SIDE, check)
    else:
        raise PictureError(
            _(
                "Received {kind}; expected a path, the bytes of a picture file, a PIL image "
                "or a numpy array.",
                kind=type(source).__name__,
            )
        )
    picture = _picture(_plain(decoded.pixels), decoded.orientation)
    return Picture(picture.gray, decoded.width, decoded.height)


def _picture(pixels: npt.NDArray[Any], orientation: int) -> Picture:
    gray = np.ascontiguousarray(upright(_gray(pixels), orientation))
    height, width = pixels.shape[:2]
    return Picture(gray, width, height)


def _plain(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Check an array and return it as uint8, uint16 or float32, in memory order."""
    if array.ndim not in (2, 3) or 0 in array.shape or (array.ndim == 3 and array.shape[2] > 4):
        raise PictureError(
            _(
                "Received an array of shape {shape}; expected one picture, [height, width] or "
                "[height, width, channels] with 1 to 4 channels.",
                shape=list(array.shape),
            )
        )
    check_pixels(array.shape[1], array.shape[0])
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind == "u" and array.dtype.itemsize <= 2:
        return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    if array.dtype.kind == "f":
        low, high = float(array.min()), float(array.max())
        # Comparisons with NaN are false, so this refuses it too.
        if low >= -1e-3 and high <= 1 + 1e-3:
            return np.clip(np.ascontiguousarray(array, dtype=np.float32), 0, 1)
        raise PictureError(
            _(
                "Received a float array with values from {low} to {high}; expected 0 to 1. "
                "Divide by the value of white, and remove NaN and infinity.",
                low=low,
                high=high,
            )
        )
    raise PictureError(
        _(
            "Received an array of {dtype}; expected uint8, uint16, bool, or float from 0 to 1.",
            dtype=array.dtype,
        )
    )


def _gray(pixels: npt.NDArray[Any]) -> Gray:
    """Reduce uint8, uint16 or float32 pixels to float32 [h, w] of working size."""
    top = {"uint8": 255.0, "uint16": 65535.0}.get(pixels.dtype.name, 1.0)
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if channels >= 3:
        luma = cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2GRAY)
    else:
        luma = pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[..., 0])
    if channels in (1, 3):
        return _shrunk(luma, top)
    alpha = np.ascontiguousarray(pixels[..., -1])
    # Multiplied before shrinking, so that hidden color does not bleed into the edges.
    on_black = _shrunk(cv2.multiply(luma, alpha, scale=1 / top), top)
    on_white: Gray = np.clip(on_black + 1 - _shrunk(alpha, top), 0, 1)
    if np.ptp(on_white) < min(_CLEAR_CONTRAST, float(np.ptp(on_black))):
        return on_black
    return on_white


def _shrunk(plane: npt.NDArray[Any], top: float) -> Gray:
    """Average ``plane`` down to the working size and scale it by 1 / ``top``."""
    height, width = plane.shape
    scale = WORKING_SIDE / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        plane = cv2.resize(plane, size, interpolation=cv2.INTER_AREA).reshape(size[::-1])
    scaled: Gray = plane.astype(np.float32)
    scaled /= np.float32(top)
    return scaled
