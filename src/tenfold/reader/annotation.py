"""A picture with what was read drawn on it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.data.png import encode_png
from tenfold.errors import InputError
from tenfold.imaging import Box, PictureSource, open_picture
from tenfold.language import text as _
from tenfold.reader._display import digits_drawn
from tenfold.reader.attempts import Attempt
from tenfold.reader.confidence import named
from tenfold.reader.reading import Reading

__all__ = ["annotate", "ink_picture"]

# Blue and orange, in OpenCV's order: told apart by people who see no red or green, too.
_ACCEPTED = (178, 114, 0)
_REFUSED = (0, 94, 213)
# A reddish purple, of the same set of colors.
_UNREAD = (167, 121, 204)
_WHITE = (255, 255, 255)

# A small picture, or one of small digits, is enlarged to about this, as long as it stays below
# the most, so that its labels can be read.
_SIDE = 480
_DIGIT = 56
_MOST = 1600

# Boxes over ink alone are framed as if labels were so high.
_BOLD = 20

_FONT = cv2.FONT_HERSHEY_SIMPLEX
# The font's capitals are so many pixels high, for a scale of 1.
_CAPITAL = 22

Canvas = npt.NDArray[np.uint8]


def annotate(source: PictureSource, reading: Reading) -> bytes:
    """Draw boxes and labels on a picture: blue for what was accepted, orange for what was not.

    What is written but stands in no digit has a purple box without a label. Of a reading that
    explains itself, what lies between follows below: the ink that was found, that of digits blue
    and that of other writing purple, and each digit as the network saw it.

    Args:
        source: what was read.
        reading: what the reader said of it.

    Returns:
        A PNG file: the picture in gray, upright, at most 1600 pixels a side and a margin, with
        the boxes, each with its digit above; a doubtful one has a question mark.

    Raises:
        PictureError: if ``source`` is no readable picture.
    """
    picture = open_picture(source)
    height, width = picture.gray.shape
    shrunk = width / picture.width
    boxes = [digit.box.scaled(shrunk, shrunk) for digit in reading.digits]
    zoom = _zoom(max(height, width), boxes)
    boxes = [box.scaled(zoom, zoom) for box in boxes]
    high = _label_height(boxes)
    canvas = _enlarged(picture.gray, zoom, margin=2 * high)
    boxes = [Box(box.x, box.y + 2 * high, box.width, box.height) for box in boxes]
    for mark in reading.unread:
        box = mark.box.scaled(zoom * shrunk, zoom * shrunk)
        _frame(canvas, Box(box.x, box.y + 2 * high, box.width, box.height), _UNREAD, high)
    for digit, box in zip(reading.digits, boxes, strict=True):
        _frame(canvas, box, _ACCEPTED if digit.accepted else _REFUSED, high)
    # Labels come last, so that no box crosses one.
    for digit, box, label in zip(reading.digits, boxes, _labels(reading), strict=True):
        _write(canvas, label, box, high, _ACCEPTED if digit.accepted else _REFUSED)
    if reading.attempt is not None:
        ink = _inked(reading.attempt, (width * zoom, height * zoom))
        tiles = [_colored(digits_drawn(reading))] if reading.digits else []
        canvas = _stacked([canvas, ink, *tiles], margin=2 * high)
    return encode_png(canvas)


def ink_picture(source: PictureSource, reading: Reading) -> bytes:
    """Draw the ink that was found in a picture, and the boxes of its digits.

    Args:
        source: what was read.
        reading: what the reader said of it, asked to explain itself.

    Returns:
        A PNG file of about 480 pixels a side or more, white where no ink was found: the ink of
        digits blue, that of other writing purple; boxes blue if accepted, orange if not.

    Raises:
        InputError: if the reading does not explain itself.
        PictureError: if ``source`` is no readable picture.
    """
    if reading.attempt is None:
        raise InputError(_("The reading does not explain itself; read with explain=True."))
    picture = open_picture(source)
    longest = max(picture.width, picture.height)
    scale = min(max(_SIDE, longest), _MOST) / longest
    width, height = (max(1, round(scale * side)) for side in (picture.width, picture.height))
    canvas = _inked(reading.attempt, (width, height))
    for digit in reading.digits:
        box = digit.box.scaled(scale, scale)
        _frame(canvas, box, _ACCEPTED if digit.accepted else _REFUSED, _BOLD)
    return encode_png(canvas)


def _inked(attempt: Attempt, size: tuple[int, int]) -> Canvas:
    """The ink of an attempt, as the picture lies, uint8 [h, w, 3] of a size (width, height)."""
    ink = attempt.ink
    other = np.zeros_like(ink.tone) if ink.other is None else ink.other
    lying = [np.rot90(plane, -attempt.turns)[..., None] for plane in (ink.tone, other)]
    of_digits, of_others, paper = (np.array(c) for c in (_ACCEPTED, _UNREAD, _WHITE))
    color = of_digits + lying[1] * (of_others - of_digits)
    levels = np.asarray(np.rint(paper + lying[0] * (color - paper)), np.uint8)
    return np.asarray(cv2.resize(levels, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _colored(gray: npt.NDArray[np.uint8]) -> Canvas:
    return np.repeat(gray[:, :, None], 3, axis=2)


def _stacked(rows: Sequence[Canvas], margin: int) -> Canvas:
    """Pictures one below the other, paper between and beside them."""
    width = max(row.shape[1] for row in rows)
    below = [(margin, 0)] * len(rows)
    below[0] = (0, 0)
    return np.concatenate(
        [
            np.pad(row, (pad, (0, width - row.shape[1]), (0, 0)), constant_values=255)
            for row, pad in zip(rows, below, strict=True)
        ]
    )


def _frame(canvas: Canvas, box: Box, color: tuple[int, int, int], high: int) -> None:
    corner = (box.x + box.width - 1, box.y + box.height - 1)
    cv2.rectangle(canvas, (box.x, box.y), corner, color, max(1, high // 10))


def _zoom(side: int, boxes: Sequence[Box]) -> int:
    """How many times a picture is enlarged whose longest side and digits' boxes are these."""
    wanted = _SIDE / side
    if boxes:
        wanted = max(wanted, _DIGIT / float(np.median([box.height for box in boxes])))
    return max(1, min(round(wanted), _MOST // side))


def _label_height(boxes: Sequence[Box]) -> int:
    """One height for all labels of a picture, from the usual size of its digits."""
    usual = float(np.median([min(box.width, box.height) for box in boxes])) if boxes else 0.0
    return round(min(max(10.0, 0.45 * usual), 28.0))


def _enlarged(gray: npt.NDArray[np.float32], zoom: int, margin: int) -> Canvas:
    """The picture in color, uint8 [h, w, 3], with a margin above for labels."""
    height, width = gray.shape
    size = (width * zoom, height * zoom)
    levels = np.rint(gray * 255).astype(np.uint8)
    large = cv2.resize(levels, size, interpolation=cv2.INTER_NEAREST).reshape(size[::-1])
    return _colored(np.pad(large, ((margin, 0), (0, 0)), constant_values=255))


def _labels(reading: Reading) -> list[str]:
    """Each digit's label; one that is alone has its confidence, and of what kind, beside it."""
    labels = [f"{digit.label}" if digit.accepted else f"{digit.label}?" for digit in reading.digits]
    if len(labels) == 1:
        labels[0] += f" {named(reading.digits[0].confidence, reading.confidence_kind)}"
    return labels


def _write(canvas: Canvas, label: str, box: Box, high: int, color: tuple[int, int, int]) -> None:
    """Write a label above its box, with a white rim that keeps it apart from what is there."""
    scale, thick = high / _CAPITAL, max(1, round(high / 9))
    wide = cv2.getTextSize(label, _FONT, scale, thick)[0][0]
    # On a narrow picture it is smaller, and so never cut.
    fit = min(1.0, (canvas.shape[1] - 2) / wide)
    scale, wide = scale * fit, round(wide * fit)
    x = max(0, min(box.x, canvas.shape[1] - wide))
    at = (x, max(high + 1, box.y - thick - high // 5))
    cv2.putText(canvas, label, at, _FONT, scale, _WHITE, thick + 3, cv2.LINE_AA)
    cv2.putText(canvas, label, at, _FONT, scale, color, thick, cv2.LINE_AA)
