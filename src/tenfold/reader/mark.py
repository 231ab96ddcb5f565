"""A mark on a picture that stands in no accepted digit: what a reading leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from tenfold.imaging import Box
from tenfold.language import text as _

__all__ = ["Mark", "Reason", "left_out_words"]

Reason: TypeAlias = Literal["no digit", "doubtful", "unread"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something written that is not part of the text.

    Args:
        box: where it is, in pixels of the picture as shown (after EXIF rotation).
        reason: "no digit" or "doubtful" for what is refused as a digit, and is in
            ``Reading.digits`` too; "unread" for what is in no digit found: a sign, a letter, a
            point, a line that was given up.
    """

    box: Box
    reason: Reason

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"box": self.box.to_dict(), "reason": self.reason}


def left_out_words(count: int) -> str:
    """Return how many marks are left out, in words."""
    return _("1 mark left out") if count == 1 else _("{count} marks left out", count=count)
