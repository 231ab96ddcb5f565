"""How a reading came about, in words, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tenfold.data.grids import as_characters, tiled
from tenfold.language import text as _
from tenfold.reader.attempts import Attempt
from tenfold.reader.mark import Mark, left_out_words
from tenfold.reader.reading import Digit, Reading

__all__ = ["explain", "steps", "summary"]

# Columns of a digit drawn as characters, and between two of them.
_WIDE = 28
_GAP = 2

# A picture may hold hundreds of digits; the first ones are drawn.
_SHOWN = 40


def summary(reading: Reading) -> tuple[str, ...]:
    """Return what was done to a picture, a few words each: what ``steps`` tells with numbers.

    Args:
        reading: made with ``explain=True``; else the digits alone are told of.
    """
    done = [] if reading.attempt is None else _done(reading.attempt)
    told = [_treated(number, digit) for number, digit in enumerate(reading.digits[:_SHOWN], 1)]
    left_out = [left_out_words(len(reading.left_out))] if _unread(reading) else []
    kind = [_("confidence: the softmax")] if reading.confidence_kind == "softmax" else []
    return (*done, _counted(reading), *told, *left_out, *kind)


def steps(reading: Reading) -> tuple[str, ...]:
    """Return the steps of a reading, a sentence each: ink, lines, digits, what was refused.

    Args:
        reading: made with ``explain=True``; else the digits alone are told of.
    """
    seen = [] if reading.attempt is None else _seen(reading.attempt)
    return (*seen, *_found(reading), *_left(reading))


def explain(reading: Reading, width: int = 80) -> str:
    """Return the steps of a reading as lines of text, and its digits drawn with characters.

    Args:
        reading: made with ``explain=True``; else the digits alone are told of.
        width: characters that the digits, side by side, may take.
    """
    return "\n".join([*steps(reading), *_drawn(reading.digits[:_SHOWN], width)])


def _done(attempt: Attempt) -> Iterator[str]:
    if attempt.ink.contrast == 0:
        yield _("the picture is blank or nearly so")
        return
    if attempt.ink.bright:
        yield _("bright on dark: taken as it is")
    else:
        yield _("dark on bright: inverted")
    if attempt.turns:
        yield _("turned by {degrees} degrees counterclockwise", degrees=90 * attempt.turns)


def _counted(reading: Reading) -> str:
    count, lines = len(reading.digits), len({digit.line for digit in reading.digits})
    if count == 0:
        return _("no digit found")
    if count == 1:
        return _("1 digit found")
    if lines == 1:
        return _("{count} digits found in a line", count=count)
    return _("{count} digits found in {lines} lines", count=count, lines=lines)


def _treated(number: int, digit: Digit) -> str:
    """How a digit came into its 28x28 pixels, and whether it counts."""
    rows, columns = (np.flatnonzero(digit.placed.any(axis=axis)) for axis in (1, 0))
    if rows.size == 0:
        return _("digit {number}: {verdict}", number=number, verdict=_verdict(digit))
    middle = digit.placed.shape[0] / 2
    moved = [middle - (ends[0] + ends[-1] + 1) / 2 for ends in (rows, columns)]
    words = _(
        "digit {number}: {width}x{height} scaled to {small}x{low} and recentered by {moved} px",
        number=number,
        width=digit.box.width,
        height=digit.box.height,
        small=columns[-1] - columns[0] + 1,
        low=rows[-1] - rows[0] + 1,
        moved=round(float(np.hypot(*moved))),
    )
    if digit.accepted:
        return words
    return _("{words}; {verdict}", words=words, verdict=_verdict(digit))


def _seen(attempt: Attempt) -> Iterator[str]:
    """The ink, and how it was grouped."""
    ink = attempt.ink
    height, width = ink.cover.shape
    yield _("picture: looked at with {width} x {height} pixels", width=width, height=height)
    if ink.contrast == 0:
        yield _("ink: none; the picture is blank or nearly so")
        return
    polarity = _("bright on dark") if ink.bright else _("dark on bright")
    share = float((ink.cover > 0).mean())
    yield _(
        "ink: {polarity}, {contrast} of the paper's brightness, on {share} of the picture",
        polarity=polarity,
        contrast=f"{ink.contrast:.0%}",
        share=f"{share:.1%}",
    )
    if attempt.turns:
        yield _(
            "turned: {degrees} degrees counterclockwise, since that way it reads clearly",
            degrees=90 * attempt.turns,
        )
    yield {
        "glance": _("strokes: all taken for one digit, and the digit network is sure of it"),
        "lines": _("strokes: grouped into lines by their heights and places"),
        "together": _("strokes: all taken together as one line"),
        "picture": _("strokes: the whole picture taken as one line"),
    }[attempt.name]
    for number, one in enumerate(attempt.readings, start=1):
        yield _(
            "line {number}: columns {left} to {right}, around row {middle}, {height} high; "
            "its text {probability}",
            number=number,
            left=round(one.line.left),
            right=round(one.line.right),
            middle=round(one.line.middle),
            height=round(one.line.height),
            probability=f"{one.probability:.1%}",
        )


def _found(reading: Reading) -> Iterator[str]:
    if not reading.digits:
        yield _("digits: none was found")
    elif reading.confidence_kind == "softmax":
        yield _(
            "confidence: what this model says of itself, its softmax; nobody calibrated it "
            "(tenfold calibrate)"
        )
    for number, digit in enumerate(reading.digits, start=1):
        yield _(
            "digit {number}: {answers}; none {none}; {width}x{height} at ({x}, {y}); {verdict}",
            number=number,
            answers=_answers(digit),
            none=f"{digit.none:.1%}",
            width=digit.box.width,
            height=digit.box.height,
            x=digit.box.x,
            y=digit.box.y,
            verdict=_verdict(digit),
        )


def _left(reading: Reading) -> Iterator[str]:
    """What stands in no digit."""
    unread = _unread(reading)
    for mark in unread[:_SHOWN]:
        yield _(
            "left out: {width}x{height} at ({x}, {y}), written, but in no digit",
            **mark.box.to_dict(),
        )
    if unread:
        yield left_out_words(len(reading.left_out))


def _unread(reading: Reading) -> list[Mark]:
    """What is left out, but for refused digits, which have told so themselves."""
    return [mark for mark in reading.left_out if mark.reason == "unread"]


def _drawn(digits: Sequence[Digit], width: int) -> Iterator[str]:
    """The digits as the model saw them, as many side by side as fit."""
    abreast = max(1, (width + _GAP) // (_WIDE + _GAP))
    for at in range(0, len(digits), abreast):
        some = digits[at : at + abreast]
        images = np.stack([np.rint(digit.placed * 255).astype(np.uint8) for digit in some])
        yield as_characters(tiled(images, len(some)))


def _answers(digit: Digit) -> str:
    best = np.argsort(-digit.probabilities)[:3]
    return ", ".join(f"{label} {digit.probabilities[label]:.1%}" for label in best)


def _verdict(digit: Digit) -> str:
    if digit.accepted:
        return _("accepted")
    if digit.none > 0.5:
        return _("refused: looks like no digit")
    return _("refused: too doubtful")
