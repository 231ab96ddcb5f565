"""Words and numbers as they are written in a figure."""

from __future__ import annotations

__all__ = ["percent", "shortened", "shown"]


def percent(share: float, places: int) -> str:
    """Return a share as a percentage; what is short of 1 is never rounded up to 100 %."""
    written = f"{share:.{places}%}"
    if share < 1 and written.startswith("100"):
        return f"{1 - 10 ** -(places + 2):.{places}%}"
    return written


def shortened(text: str, limit: int) -> str:
    """Return ``text`` on one line, cut to ``limit`` characters with an ellipsis."""
    line = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def shown(value: object) -> str:
    """Return how an error shows what was received: its repr, cut to 80 characters."""
    try:
        return shortened(repr(value), 80)
    except ValueError:  # Python writes no integer of more than 4,300 digits.
        return type(value).__name__
