"""Which characters may be shown: text that comes from files may hold any."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["escaped", "in_json", "on_one_line", "printable", "shortened"]

_LINE_BREAKS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


def printable(text: str) -> str:
    """Replace what is no character, moves the cursor or turns the direction of writing."""
    if text.isprintable():
        return text
    return "".join(c if _is_shown(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def on_one_line(text: str) -> str:
    """Return text that may stand in a sentence: printable, with spaces for its line breaks."""
    if text.isprintable():
        return text
    return printable(_LINE_BREAKS.sub(" ", text.strip()).replace("\t", " "))


def escaped(text: str, kept: str = "") -> str:
    r"""Write what may not be shown as JSON does in a string (``\u001b``), except what is ``kept``.

    JSON that is written so stays the same JSON.
    """
    if text.isprintable():
        return text
    return "".join(c if c in kept or _is_shown(c) else in_json(c) for c in text)


def in_json(character: str) -> str:
    r"""Return a character as JSON writes it in plain ASCII: ``\u00d7``, or a pair of those."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def shortened(text: str, longest: int = 300) -> str:
    """Leave the middle out of every word in ``text`` of more than ``longest`` characters."""
    half = longest // 2 - 1
    return re.sub(rf"(\S{{{half}}})\S{{{longest - 2 * half + 1},}}(\S{{{half}}})", r"\1...\2", text)


def _is_shown(character: str) -> bool:
    # Spaces of other widths are not "printable" in Python, and Chinese has one.
    return character.isprintable() or unicodedata.category(character) == "Zs"
