"""One line of a picture read: the line network finds digits, the digit network looks at each.

A picture of one clear digit needs only a glance of the digit network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tenfold.imaging import Box, Ink, Placement, place
from tenfold.imaging.layout import Line
from tenfold.imaging.strips import Strip, cut_digit, cut_strip
from tenfold.models import LineModel, Model
from tenfold.models.model import softmax
from tenfold.reader.decoding import BLANK, DecodedText, align, decode

__all__ = ["FoundDigit", "LineReading", "StripView", "glance", "look", "read_line"]

_TINY = 1e-9

# A text is clear whose digits are each, on geometric average, as probable as this.
_CLEAR = 0.95

_ZOOMS = (0.8, 1.25)

# At a glance only what is as certain as this is taken.
_CERTAIN = 0.95

# A line not wider than so many times its height may be a single digit.
_NARROW = 1.6

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class FoundDigit:
    """A digit found in a line, with what each network says of it.

    Args:
        box: its ink's box, in pixels of the ink's plane.
        placed: float32 [28, 28], what the digit network saw.
        by_line: float32 [11], the line network's column: ten digits and nothing; None if a glance
            of the digit network was enough.
        by_digit: float32 [11], the digit network's answer: ten digits and none of them.
    """

    box: Box
    placed: Floats
    by_line: Floats | None
    by_digit: Floats

    def combined(self) -> Floats:
        """Return float32 [10]: the digits' probabilities by all networks that were asked."""
        both = np.maximum(self.by_digit[:10], _TINY)
        if self.by_line is not None:
            both = both * np.maximum(self.by_line[:10], _TINY)
        return np.asarray(both / both.sum(), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class LineReading:
    """What a line says.

    Args:
        line: where it is.
        found: its digits, from left to right.
        probability: that the text is right, by the line network alone; after a glance, by the
            digit network.
        unread: which part of the ink that is a digit's, along the line, is in no digit found, 0
            to 1.
    """

    line: Line
    found: tuple[FoundDigit, ...]
    probability: float
    unread: float = 0.0

    @property
    def is_clear(self) -> bool:
        """Whether there is no doubt about its text."""
        return _is_clear(self.probability, len(self.found))


def glance(ink: Ink, line: Line, digits: Model, placement: Placement) -> LineReading | None:
    """Take all of a narrow line for one digit; None unless the digit network is sure of it."""
    if not (digits.knows_none and _is_narrow(line)):
        return None
    found = _found_alone(ink, line, None, digits, placement)
    if found is None:
        return None
    probability = float(found.by_digit[:BLANK].max())
    if probability < _CERTAIN:
        return None
    return LineReading(line, (found,), probability, _unread(ink, line, (found,)))


def read_line(
    ink: Ink, line: Line, lines: LineModel, digits: Model, placement: Placement
) -> LineReading:
    """Read one line of a picture's ink; in doubt, with its digits smaller and larger, too."""
    first = look(ink, line, lines, 1.0)
    decoded = decode(first.columns)
    if not _is_clear(decoded.probability, len(decoded.labels)):
        views = [first, *(look(ink, line, lines, zoom) for zoom in _ZOOMS)]
        own = [decoded, *(decode(view.columns) for view in views[1:])]
        reading = _agreed(ink, line, views, own, digits, placement)
    else:
        reading = _judged(ink, line, first, decoded, decoded.probability, digits, placement)
    if not reading.found and _is_narrow(line):
        reading = _lone(ink, line, first, digits, placement)
    return replace(reading, unread=_unread(ink, line, reading.found))


def _is_clear(probability: float, count: int) -> bool:
    return bool(probability ** (1 / max(1, count)) >= _CLEAR)


def _is_narrow(line: Line) -> bool:
    return line.right - line.left < _NARROW * line.height


def _unread(ink: Ink, line: Line, found: tuple[FoundDigit, ...]) -> float:
    """Which part of the digits' ink along a line is in the box of no digit found."""
    box = line.box
    top, left = max(0, box.y), max(0, box.x)
    inside = (slice(top, max(top, box.y + box.height)), slice(left, box.x + box.width))
    own = ink.tone[inside] if ink.other is None else ink.tone[inside] * (1 - ink.other[inside])
    total = float(own.sum())
    if total <= 0:
        return 0.0
    rest = own.copy()
    for x, y, width, height in ((f.box.x, f.box.y, f.box.width, f.box.height) for f in found):
        rest[max(0, y - top) : max(0, y - top + height), max(0, x - left) : x - left + width] = 0
    return float(rest.sum()) / total


@dataclass(frozen=True, slots=True, eq=False)
class StripView:
    """A strip, and what the line network says of it: columns float64 [T, 11], boxes [T, 4]."""

    strip: Strip
    columns: npt.NDArray[np.float64]
    boxes: Floats


def look(ink: Ink, line: Line, lines: LineModel, zoom: float) -> StripView:
    """Ask the line network about a line whose digits are ``zoom`` times as large as usual."""
    strip = cut_strip(ink.tone, line, zoom)
    logits, boxes = lines.predict(strip.tone[None])
    return StripView(strip, softmax(logits[0].astype(np.float64)), boxes[0])


def _agreed(
    ink: Ink,
    line: Line,
    views: list[StripView],
    own: list[DecodedText],
    digits: Model,
    placement: Placement,
) -> LineReading:
    """Take the text that all views together find the most probable; ``own`` is what each says."""
    said = {
        text: [
            its if its.labels == text else align(view.columns, text)
            for view, its in zip(views, own, strict=True)
        ]
        for text in dict.fromkeys(one.labels for one in own)
    }
    best = max(said, key=lambda text: sum(one.probability for one in said[text]))
    probability = sum(one.probability for one in said[best]) / len(views)
    clearest = max(range(len(views)), key=lambda at: said[best][at].probability)
    return _judged(ink, line, views[clearest], said[best][clearest], probability, digits, placement)


def _lone(
    ink: Ink, line: Line, view: StripView, digits: Model, placement: Placement
) -> LineReading:
    """Take all of a narrow line for one digit, so that the digit network has a say, too."""
    column = int(view.columns[:, :BLANK].max(axis=1).argmax())
    label = int(view.columns[column, :BLANK].argmax())
    probability = align(view.columns, (label,)).probability
    by_line = view.columns[column].astype(np.float32)
    found = _found_alone(ink, line, by_line, digits, placement)
    if found is None:
        return LineReading(line, (), 1 - probability)
    return LineReading(line, (found,), probability)


def _found_alone(
    ink: Ink, line: Line, by_line: Floats | None, digits: Model, placement: Placement
) -> FoundDigit | None:
    region = cut_digit(ink.cover, line.box)
    if region is None:
        return None
    placed = place(region.ink, placement)
    answer = digits.judge(placed[None])[0]
    return FoundDigit(region.box, placed, by_line, answer)


def _judged(
    ink: Ink,
    line: Line,
    view: StripView,
    decoded: DecodedText,
    probability: float,
    digits: Model,
    placement: Placement,
) -> LineReading:
    """Cut the text's digits out of the ink and let the digit network look at each."""
    cut = [
        (column, cut_digit(ink.cover, view.strip.box_of(*map(float, view.boxes[column]))))
        for column in decoded.columns
    ]
    inked = [(column, region) for column, region in cut if region is not None]
    if not inked:
        return LineReading(line, (), 0.0 if cut else probability)
    placed = np.stack([place(region.ink, placement) for _column, region in inked])
    answers = digits.judge(placed)
    found = tuple(
        FoundDigit(
            region.box,
            image,
            view.columns[column].astype(np.float32),
            answer,
        )
        for (column, region), image, answer in zip(inked, placed, answers, strict=True)
    )
    return LineReading(line, found, probability)
