"""A mark on a picture that stands in no accepted digit: what a reading leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from tenfold.imaging import Box
from tenfold.language import text as _

__all__ = ["Mark", "Reason", "Sign", "left_out_words"]

Reason: TypeAlias = Literal["no digit", "doubtful", "unread"]


class Sign(NamedTuple):
    """What the network takes a mark for.

    Attributes:
        text: ".", ",", "-", "+", "/", "×", "=", "(", ")", "'", or "?" for any other mark.
        probability: that it is that, 0 to 1.
    """

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Something written that is not part of the text.

    Args:
        box: where it is, in pixels of the picture as shown (after EXIF rotation).
        reason: "no digit" or "doubtful" for what is refused as a digit, and is in
            ``Reading.digits`` too; "unread" for what is in no digit found: a sign, a letter, a
            point, a line that was given up.
        sign: which sign it is, as ``Sign.text`` says it; None where nothing was asked, as of what
            stands in no line.
        probability: that it is that sign, 0 to 1.
        line: the line it stands in, counted as ``Digit.line`` is; None if it stands in none.
        before: how many of that line's digits, the refused ones included, stand before it.
    """

    box: Box
    reason: Reason
    sign: str | None = None
    probability: float | None = None
    line: int | None = None
    before: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "box": self.box.to_dict(),
            "reason": self.reason,
            "sign": self.sign,
            "probability": self.probability,
            "line": self.line,
        }


def left_out_words(count: int) -> str:
    """Return how many marks are left out, in words."""
    return _("1 mark left out") if count == 1 else _("{count} marks left out", count=count)
