"""Arrays as files hold them -> images and labels as Tenfold holds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.data.images import CLASSES, SIZE, Images, LabeledImages, Labels
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["labeled", "to_images", "to_labels"]

_PIXELS = SIZE * SIZE
_SHAPES = ((_PIXELS,), (SIZE, SIZE), (SIZE, SIZE, 1), (1, SIZE, SIZE))
_ROWS = 8192


def labeled(images: npt.NDArray[Any], labels: npt.NDArray[Any], path: Path) -> LabeledImages:
    """Convert and pair images and labels that were read from ``path``.

    Args:
        images: [N, 784], [N, 28, 28], [N, 28, 28, 1] or [N, 1, 28, 28]; whole numbers 0 to 255,
            fractions k/256 or k/255 of a float dtype, or truth values.
        labels: [N], [N, 1] or [1, N]; whole numbers 0 to 9, or texts of them; or one-hot [N, 10].
        path: the file, for the messages.

    Raises:
        FormatError: if shapes, values or counts are otherwise.
    """
    if labels.ndim == 2 and labels.shape[0] == 1 != len(images):
        labels = labels[0]
    if images.shape[:1] != labels.shape[:1]:
        raise FormatError(
            _(
                "{path} has {images} images and {labels} labels; expected as many of each.",
                path=path,
                images=len(images) if images.ndim else 0,
                labels=len(labels) if labels.ndim else 0,
            )
        )
    return LabeledImages(to_images(images, path), to_labels(labels, path))


def to_images(array: npt.NDArray[Any], path: Path) -> Images:
    """Return ``array`` as writable uint8 [N, 28, 28], 0 to 255; floats up to 1 are fractions.

    Raises:
        FormatError: if the shape, dtype or a value does not allow it.
    """
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * np.uint8(255)
    if array.shape[1:] not in _SHAPES or array.dtype.kind not in "uif":
        raise FormatError(
            _(
                "{path} has images of {dtype} {shape}; expected numbers [N, 28, 28] or [N, 784].",
                path=path,
                dtype=array.dtype,
                shape=list(array.shape),
            )
        )
    array = array.reshape(len(array), SIZE, SIZE)
    if array.dtype == np.uint8:
        return np.require(array, dtype=np.uint8, requirements=["C", "W"])
    scales: tuple[float, ...] = (1.0,)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        scales = ()
    elif array.dtype.kind == "f" and array.size and array.max() <= 1:
        scales = (256.0, 255.0)
    for scale in scales:
        images = _scaled(array, scale)
        if images is not None:
            return images
    raise FormatError(
        _(
            "{path} has pixels from {low} to {high} that are no gray levels; expected whole "
            "numbers 0 to 255, or fractions of 256 or 255 from 0 to 1. Undo what was subtracted "
            "or divided.",
            path=path,
            low=f"{array.min():g}",
            high=f"{array.max():g}",
        )
    )


def to_labels(array: npt.NDArray[Any], path: Path) -> Labels:
    """Return ``array``, of digits or one-hot, as uint8 [N], 0 to 9.

    Raises:
        FormatError: if the shape, dtype or a value does not allow it.
    """
    if array.dtype.kind in "US":
        array = _numbers(array)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    elif array.ndim == 2 and _is_one_hot(array):
        array = array.argmax(axis=1)
    if array.ndim != 1 or array.dtype.kind not in "uif":
        raise FormatError(
            _(
                "{path} has labels of {dtype} {shape}; expected whole numbers [N], "
                "or one-hot [N, 10].",
                path=path,
                dtype=array.dtype,
                shape=list(array.shape),
            )
        )
    wrong = ~((array >= 0) & (array < CLASSES) & (array == np.floor(array)))
    if wrong.any():
        at = int(np.argmax(wrong))
        raise FormatError(
            _(
                "{path}: label {value} of image {index} is not a digit; expected 0 to 9.",
                path=path,
                value=array[at],
                index=at,
            )
        )
    return array.astype(np.uint8)


def _is_one_hot(array: npt.NDArray[Any]) -> bool:
    """Return whether each row of [N, 10] holds one 1 and is 0 elsewhere."""
    if array.shape[1] != CLASSES or array.dtype.kind not in "uifb":
        return False
    return bool(np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all())


def _numbers(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return texts of whole numbers as numbers; others unchanged."""
    try:
        return array.astype(np.int64)
    except ValueError:
        return array


def _scaled(array: npt.NDArray[Any], scale: float) -> Images | None:
    """Return ``array`` times ``scale`` where that gives whole gray levels, else None."""
    images = np.empty(array.shape, np.uint8)
    # k/256 is exact in binary; k/255 is rounded, in float32 to about 1e-5 of a gray level.
    tolerance = 0.0 if scale != 255 else 1e-3
    for at in range(0, len(array), _ROWS):
        levels = array[at : at + _ROWS]
        if scale != 1:
            levels = levels * np.asarray(scale, levels.dtype)
        whole = np.rint(levels) if levels.dtype.kind == "f" else levels
        fits = (whole >= 0) & (whole <= 255) & (abs(levels - whole) <= tolerance)
        if not fits.all():
            return None
        images[at : at + _ROWS] = whole
    return images
