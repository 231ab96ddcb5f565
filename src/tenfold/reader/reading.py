"""What was read in a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from tenfold.imaging import Box
from tenfold.reader.mark import Mark, Reason, Sign
from tenfold.reader.transcript import Item, Signs, in_order, numbers, written

if TYPE_CHECKING:
    from tenfold.reader.attempts import Attempt

__all__ = ["ConfidenceKind", "Digit", "Reading", "TextLine"]

ConfidenceKind: TypeAlias = Literal["calibrated", "softmax"]
"""What confidences are: "calibrated" ones were fitted to hold, of 100 digits read at 90 % about 90
are right; a "softmax" is what a network says of itself, and often too sure or too modest."""


@dataclass(frozen=True, slots=True, eq=False)
class Digit:
    """One digit that was found, or what may be one.

    Args:
        probabilities: float32 [10], of each label; what they lack of 1 is the probability that
            this is no digit. Of a model that knows digits alone they lack nothing.
        box: where it is, in pixels of the picture as shown (after EXIF rotation).
        placed: float32 [28, 28] in [0, 1], bright ink on black: what the model saw.
        accepted: whether it is sure enough to stand in the text.
        line: the line it stands in, counted from 0.
        found_none: the probability that this is no digit, by the networks that found it, where
            ``probabilities`` are of a model that knows digits alone.
        sign: of one that is refused, which sign it is instead; None where nothing was asked.
    """

    probabilities: npt.NDArray[np.float32]
    box: Box
    placed: npt.NDArray[np.float32]
    accepted: bool = True
    line: int = 0
    found_none: float | None = None
    sign: Sign | None = None

    @property
    def label(self) -> int:
        """The most probable digit, 0 to 9."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability that this is a digit and is ``label``, 0 to 1."""
        return min(1.0, float(self.probabilities.max()))

    @property
    def none(self) -> float:
        """The probability that this is no digit, 0 to 1."""
        if self.found_none is not None:
            return self.found_none
        return min(1.0, max(0.0, 1 - float(self.probabilities.sum())))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, without pixels."""
        return {
            "label": self.label,
            "confidence": self.confidence,
            "accepted": self.accepted,
            "line": self.line,
            "probabilities": self.probabilities.tolist(),
            "none": self.none,
            "box": self.box.to_dict(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """A line of text.

    Args:
        items: what stands in it, from left to right: digits, the refused ones too, and marks that
            are in none; at least one digit that is accepted.
        signs: "keep" if its text keeps the points, commas and minuses of numbers.
    """

    items: tuple[Item, ...]
    signs: Signs = "leave"

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The accepted ones, from left to right."""
        return tuple(one for one in self.items if isinstance(one, Digit) and one.accepted)

    @property
    def transcript(self) -> str:
        """All that is written in it: digits, signs, and "?" for any other mark."""
        return "".join(map(written, self.items))

    @property
    def kept(self) -> tuple[Item, ...]:
        """The marks and refused digits that stand in its text: signs of numbers, if asked for."""
        if self.signs == "leave":
            return ()
        kept = (self.items[at] for at in numbers(self.transcript))
        return tuple(one for one in kept if isinstance(one, Mark) or not one.accepted)

    @property
    def text(self) -> str:
        """Its digits' labels, and the signs that it keeps."""
        if self.signs == "leave":
            return "".join(str(digit.label) for digit in self.digits)
        transcript = self.transcript
        return "".join(transcript[at] for at in numbers(transcript))

    @property
    def box(self) -> Box:
        """The box around its digits, in pixels of the picture as shown."""
        return Box.around([digit.box.corners for digit in self.digits])


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a picture says; without digits if there are none in it, which is no error.

    Args:
        digits: what was found, in reading order, the doubtful ones included.
        whole: the probability that the lines with accepted digits are right as a whole, nothing
            missed; None takes the digits for all there is.
        attempt: how it was read, if the reader was asked to explain itself.
        unread: what is written but stands in no digit that was found, in reading order.
        confidence_kind: what all confidences in it are.
        at_accuracy: how probable it must be that a text is right to need no person's look, 0 to 1;
            None if nothing was asked for.
        signs: "keep" if the text keeps the points, commas and minuses of numbers.
    """

    digits: tuple[Digit, ...] = ()
    whole: float | None = None
    attempt: Attempt | None = None
    unread: tuple[Mark, ...] = ()
    confidence_kind: ConfidenceKind = "calibrated"
    at_accuracy: float | None = None
    signs: Signs = "leave"

    @property
    def lines(self) -> tuple[TextLine, ...]:
        """The lines of the text, from top to bottom; none if no digit was accepted."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[TextLine]:
        for number, group in groupby(self.digits, lambda one: one.line):
            digits = tuple(group)
            if any(digit.accepted for digit in digits):
                marks = [mark for mark in self.unread if mark.line == number]
                yield TextLine(tuple(in_order(digits, marks)), self.signs)

    @property
    def text(self) -> str:
        """The accepted digits' labels, lines separated by a newline; "" if there are none.

        Where signs are kept, also the points, commas and minuses of numbers: "-3.14".
        """
        return "\n".join(line.text for line in self.lines)

    @property
    def transcript(self) -> str:
        """The lines of the text with all that is written in them: "3.14", "407?", "1+2=3".

        A mark that is neither digit nor sign is "?"; spaces are left out, and so are marks that
        stand in no line of the text.
        """
        return "\n".join(line.transcript for line in self.lines)

    @property
    def refused(self) -> tuple[Digit, ...]:
        """What was found but is too doubtful to stand in the text."""
        return tuple(digit for digit in self.digits if not digit.accepted)

    @property
    def left_out(self) -> tuple[Mark, ...]:
        """The marks that are not in the text: what was refused, then what is unread.

        With any of them, ``text`` is not all that the picture says, however sure its digits are.
        """
        kept = {id(one) for line in self.lines for one in line.kept}
        refused = (_refused(digit) for digit in self.refused if id(digit) not in kept)
        return (*refused, *(mark for mark in self.unread if id(mark) not in kept))

    @property
    def confidence(self) -> float:
        """The probability that all of ``text`` is right, 0 to 1; no more than of any digit in it.

        Signs that it keeps count, too.

        Where nothing was accepted, that of the least doubtful digit; 0 if nothing was found.
        """
        accepted = [digit.confidence for digit in self.digits if digit.accepted]
        if accepted:
            signs = math.prod(_sureness(one) for line in self.lines for one in line.kept)
            whole = math.prod(accepted) if self.whole is None else min(self.whole, *accepted)
            return whole * signs
        return max((digit.confidence for digit in self.digits), default=0.0)

    @property
    def needs_review(self) -> bool | None:
        """Whether a person should look; None if the reader was not told what is sure enough.

        Sure enough is a text that is right with a probability of at least ``at_accuracy`` and that
        leaves no mark out. Where there is no text, a person says whether there should be one.
        """
        if self.at_accuracy is None:
            return None
        return not self.text or bool(self.left_out) or self.confidence < self.at_accuracy

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON: text, transcript, confidence, digits, marks left out.

        ``needs_review`` is there if the reader was told what is sure enough.
        """
        review = self.needs_review
        return {
            "text": self.text,
            "transcript": self.transcript,
            "confidence": self.confidence,
            "confidence_kind": self.confidence_kind,
            **({} if review is None else {"needs_review": review}),
            "digits": [digit.to_dict() for digit in self.digits],
            "left_out": [mark.to_dict() for mark in self.left_out],
        }

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from tenfold.reader._display import reading_html

        return reading_html(self)

    def _repr_png_(self) -> bytes | None:
        from tenfold.reader._display import reading_png

        return reading_png(self)


def _refused(digit: Digit) -> Mark:
    """A refused digit as a mark."""
    reason: Reason = "no digit" if digit.none > 0.5 else "doubtful"
    text, probability = digit.sign or (None, None)
    return Mark(digit.box, reason, text, probability, digit.line)


def _sureness(item: Item) -> float:
    """How probable it is that a kept mark is the sign that it is taken for."""
    if isinstance(item, Mark):
        return item.probability or 0.0
    return item.sign.probability if item.sign else 0.0
