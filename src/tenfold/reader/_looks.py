"""How a reading shows itself in a notebook: the digits as the model saw them, with its answers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.data.png import encode_png
from tenfold.language import text as _
from tenfold.notebook import picture

if TYPE_CHECKING:
    from tenfold.reader.reading import Digit, Reading

__all__ = ["reading_html", "reading_png"]

SCALE = 4
"""Screen pixels to one of the 28x28."""

CAPTION = 44
GAP = 12
SHOWN = 50
"""A picture may hold hundreds of digits; the first ones are shown."""


def reading_html(reading: Reading) -> str:
    """Return the text, and each digit with label and confidence, as HTML."""
    if not reading.digits:
        return f"<div>{escape(_('No digit was found.'))}</div>"
    cells = "".join(_cell(digit) for digit in reading.digits[:SHOWN])
    rest = len(reading.digits) - SHOWN
    more = f"<p>{escape(_('and {count} more', count=rest))}</p>" if rest > 0 else ""
    return (
        f'<div><strong style="font-size:1.4em">{escape(reading.text)}</strong> '
        f'<span style="opacity:0.7">{reading.confidence:.1%}</span>'
        f'<div style="display:flex;flex-wrap:wrap;gap:{GAP}px;margin-top:6px">{cells}</div>'
        f"{more}</div>"
    )


def reading_png(reading: Reading) -> bytes | None:
    """Return the digits with label and confidence as a PNG; None if there are none."""
    if not reading.digits:
        return None
    side = 28 * SCALE
    shown = reading.digits[:SHOWN]
    canvas = np.full((side + CAPTION, len(shown) * (side + GAP) - GAP), 255, np.uint8)
    for at, digit in enumerate(shown):
        left = at * (side + GAP)
        large = cv2.resize(_grey(digit), (side, side), interpolation=cv2.INTER_NEAREST)
        canvas[:side, left : left + side] = large
        words = f"{digit.label}  {digit.confidence:.1%}"
        place = (left + 2, side + 30)
        cv2.putText(canvas, words, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 30, 1, cv2.LINE_AA)
    return encode_png(canvas)


def _cell(digit: Digit) -> str:
    alt = _("the digit as the model saw it, read as {label}", label=digit.label)
    return (
        '<figure style="margin:0;text-align:center">'
        f"{picture(encode_png(_grey(digit)), alt, 28 * SCALE)}"
        f"<figcaption><strong>{digit.label}</strong> {digit.confidence:.1%}</figcaption></figure>"
    )


def _grey(digit: Digit) -> npt.NDArray[np.uint8]:
    return np.rint(digit.placed * 255).clip(0, 255).astype(np.uint8)
