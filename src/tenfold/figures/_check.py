"""What figures are given, checked: arrays of the right shape, or an error that says why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.data.images import CLASSES, SIZE, Images
from tenfold.errors import InputError
from tenfold.figures._words import shown
from tenfold.language import text as _

__all__ = [
    "as_array",
    "as_counts",
    "as_images",
    "as_labels",
    "as_numbers",
    "as_picture",
    "as_probabilities",
    "as_right",
    "as_whole",
    "field",
]

# Probabilities of half precision add up to 1 within this much.
TOLERANCE = 0.01

# Larger numbers overflow in the arithmetic of scales and axes.
LARGEST = 1e100


def as_images(value: npt.ArrayLike) -> Images:
    """Return at least one image, uint8 [N, 28, 28]."""
    images = as_array(value)
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIZE, SIZE):
        raise _misfit(_("images"), images, f"uint8 [N, {SIZE}, {SIZE}]")
    if not len(images):
        raise InputError(_("Received no images; expected at least one."))
    return images


def as_labels(value: npt.ArrayLike, count: int) -> npt.NDArray[np.integer]:
    """Return ``count`` labels, integers from 0 to 9."""
    labels = as_array(value)
    if labels.dtype.kind not in "iu" or labels.shape != (count,):
        raise _misfit(_("labels"), labels, f"integer [{count}]")
    if labels.min() < 0 or labels.max() >= CLASSES:
        at = int(np.argmax((labels < 0) | (labels >= CLASSES)))
        raise InputError(
            _(
                "Label {value} of image {index} is not a digit; expected 0 to 9.",
                value=int(labels[at]),
                index=at,
            )
        )
    return labels


def as_probabilities(value: npt.ArrayLike, count: int) -> npt.NDArray[np.float64]:
    """Return ``count`` rows of probabilities, float64 [count, 10], each adding up to 1."""
    given = as_array(value)
    if given.dtype.kind != "f" or given.shape != (count, CLASSES):
        raise _misfit(_("probabilities"), given, f"float [{count}, {CLASSES}]")
    rows = given.astype(np.float64)
    # Comparisons are written so that a NaN fails them.
    within = np.abs(rows - 0.5) <= 0.5 + TOLERANCE
    good = within.all(axis=1) & (np.abs(np.where(within, rows, 0).sum(axis=1) - 1) <= TOLERANCE)
    if not good.all():
        raise InputError(
            _(
                "Row {index} of the probabilities is {values}; expected values from 0 to 1 that "
                "add up to 1. Logits need a softmax first.",
                index=int(np.argmin(good)),
                values=[float(f"{value:.3g}") for value in rows[int(np.argmin(good))]],
            )
        )
    return rows.clip(0, 1)


def as_right(value: npt.ArrayLike, count: int) -> npt.NDArray[np.bool_]:
    """Return whether each of ``count`` answers is right, bool [count]."""
    right = as_array(value)
    if right.dtype != np.bool_ or right.shape != (count,):
        raise _misfit(_("right or wrong"), right, f"bool [{count}]")
    return right


def as_counts(value: npt.ArrayLike) -> npt.NDArray[np.integer]:
    """Return a confusion matrix, integer [10, 10], none negative, not all zero."""
    counts = as_array(value)
    if counts.dtype.kind not in "iu" or counts.shape != (CLASSES, CLASSES):
        raise _misfit(_("counts"), counts, f"integer [{CLASSES}, {CLASSES}]")
    if counts.min() < 0:
        raise InputError(_("Received a negative count, {value}.", value=int(counts.min())))
    if not counts.any():
        raise InputError(_("Received a confusion matrix of zeros; expected at least one count."))
    return counts


def as_whole(name: str, value: object, largest: int) -> int:
    """Return a whole number from 1 to ``largest``, called ``name`` in the error."""
    if not isinstance(value, int) or not 1 <= value <= largest:
        raise InputError(
            _(
                "Received {name}={value}; expected a whole number from 1 to {largest}.",
                name=name,
                value=shown(value),
                largest=largest,
            )
        )
    return value


def as_numbers(
    what: str, value: npt.ArrayLike, shape: tuple[int | str, ...]
) -> npt.NDArray[np.float64]:
    """Return finite numbers, float64 of ``shape``, where a word such as "N" is any size from 1."""
    given = as_array(value)
    fits = given.ndim == len(shape) and all(
        side == wanted or (isinstance(wanted, str) and side > 0)
        for side, wanted in zip(given.shape, shape, strict=False)
    )
    if given.dtype.kind not in "iuf" or not fits:
        raise _misfit(what, given, f"float [{', '.join(map(str, shape))}]")
    numbers = given.astype(np.float64)
    # Comparisons are written so that a NaN fails them.
    if not (np.abs(numbers) <= LARGEST).all():
        raise InputError(
            _(
                "Received {what} that are not finite, or beyond {largest:g}.",
                what=what,
                largest=LARGEST,
            )
        )
    return numbers


def as_picture(value: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return one picture, float64 [28, 28] in [0, 1], from uint8 or from floats of 0 to 1."""
    given = as_array(value)
    if given.dtype == np.uint8:
        given = given / 255
    picture = as_numbers(_("images"), given, (SIZE, SIZE))
    if picture.min() < 0 or picture.max() > 1:
        raise InputError(
            _(
                "Received float images with values from {low:.3g} to {high:.3g}; "
                "expected 0 (black) to 1 (ink).",
                low=float(picture.min()),
                high=float(picture.max()),
            )
        )
    return picture


def field(row: object, name: str) -> object:
    """Return a row's value of that key or attribute, None if it has none."""
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)


def as_array(value: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return an array of whatever dtype and shape."""
    try:
        return np.asarray(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(
            _(
                "{kind} cannot be read as an array: {reason}",
                kind=type(value).__name__,
                reason=error,
            )
        ) from error


def _misfit(what: str, received: npt.NDArray[Any], expected: str) -> InputError:
    return InputError(
        _(
            "Received {what} of {dtype} {shape}; expected {expected}.",
            what=what,
            dtype=received.dtype,
            shape=list(received.shape),
            expected=expected,
        )
    )
