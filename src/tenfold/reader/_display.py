"""How a reading shows itself in a notebook: the digits as the model saw them, with its answers."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.data.png import encode_png
from tenfold.display import picture
from tenfold.language import text as _
from tenfold.reader.confidence import percent, told
from tenfold.reader.mark import left_out_words

if TYPE_CHECKING:
    from tenfold.reader.reading import Digit, Reading

__all__ = ["digits_drawn", "reading_html", "reading_png"]

SCALE = 4
"""Screen pixels to one of the 28x28."""

SIDE = 28 * SCALE
CAPTION = 44
KIND = 24
GAP = 12
ABREAST = 10
SHOWN = 50
"""A picture may hold hundreds of digits; the first ones are shown."""


def reading_html(reading: Reading) -> str:
    """Return the text, and line by line each digit with label and confidence, as HTML."""
    left_out = ""
    if reading.left_out:
        words = left_out_words(len(reading.left_out))
        left_out = f' <strong style="color:#b35900">{escape(words)}</strong>'
    if not reading.digits:
        return f"<div>{escape(_('No digit was found.'))}{left_out}</div>"
    text = escape(reading.text).replace("\n", "<br>") or escape(_("No digit was accepted."))
    row = f"display:flex;flex-wrap:wrap;gap:{GAP}px;margin-top:6px"
    rows = "".join(
        f'<div style="{row}">{"".join(map(_cell, line))}</div>' for line in _lines(reading)
    )
    rest = len(reading.digits) - SHOWN
    more = f"<p>{escape(_('and {count} more', count=rest))}</p>" if rest > 0 else ""
    return (
        f'<div><strong style="font-size:1.4em">{text}</strong> '
        f'<span style="opacity:0.7">{told(reading)}</span>{left_out}'
        f"{rows}{more}</div>"
    )


def reading_png(reading: Reading) -> bytes | None:
    """Return the digits with label and confidence as a PNG; None if there are none."""
    return encode_png(digits_drawn(reading)) if reading.digits else None


def digits_drawn(reading: Reading) -> npt.NDArray[np.uint8]:
    """Return the digits with label and confidence, uint8 [h, w]; there must be some."""
    rows = [
        line[at : at + ABREAST] for line in _lines(reading) for at in range(0, len(line), ABREAST)
    ]
    width = max(map(len, rows)) * (SIDE + GAP) - GAP
    canvas = np.full((len(rows) * (SIDE + CAPTION), width), 255, np.uint8)
    for down, row in enumerate(rows):
        for across, digit in enumerate(row):
            _draw(canvas, digit, down * (SIDE + CAPTION), across * (SIDE + GAP))
    if reading.confidence_kind == "softmax":
        canvas = np.pad(canvas, ((0, KIND), (0, 0)), constant_values=255)
        _caption(canvas, "(softmax)", 2, len(canvas) - KIND // 3, 30)
    return canvas


def _lines(reading: Reading) -> list[list[Digit]]:
    shown = reading.digits[:SHOWN]
    return [list(line) for _number, line in groupby(shown, key=lambda digit: digit.line)]


def _draw(canvas: npt.NDArray[np.uint8], digit: Digit, top: int, left: int) -> None:
    """Draw a digit and its caption; what was refused is paler, and says so."""
    large = cv2.resize(_gray(digit), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    canvas[top : top + SIDE, left : left + SIDE] = large
    words, shade = f"{digit.label}  {percent(digit.confidence)}", 30
    if not digit.accepted:
        refused = _("refused")
        # OpenCV's own font has no Chinese.
        words, shade = f"{digit.label}? {refused if refused.isascii() else ''}", 120
    _caption(canvas, words, left + 2, top + SIDE + 30, shade)


def _caption(canvas: npt.NDArray[np.uint8], words: str, left: int, base: int, shade: int) -> None:
    cv2.putText(canvas, words, (left, base), cv2.FONT_HERSHEY_SIMPLEX, 0.6, shade, 1, cv2.LINE_AA)


def _cell(digit: Digit) -> str:
    alt = _("the digit as the model saw it, read as {label}", label=digit.label)
    label, style = f"<strong>{digit.label}</strong> {percent(digit.confidence)}", "margin:0"
    if not digit.accepted:
        alt = _("what the model saw, refused as a digit")
        label, style = f"{label}<br>{escape(_('refused'))}", "margin:0;opacity:0.6"
    return (
        f'<figure style="{style};text-align:center">'
        f"{picture(encode_png(_gray(digit)), alt, SIDE)}"
        f"<figcaption>{label}</figcaption></figure>"
    )


def _gray(digit: Digit) -> npt.NDArray[np.uint8]:
    return np.rint(digit.placed * 255).clip(0, 255).astype(np.uint8)
