"""Names that mean a digit: of a class's folder, in a table, in a picture's name."""

from __future__ import annotations

import re

__all__ = ["digit_named", "plain_name"]

_WORDS = (
    ("0", "zero", "零", "〇"),
    ("1", "one", "一"),
    ("2", "two", "二"),
    ("3", "three", "三"),
    ("4", "four", "四"),
    ("5", "five", "五"),
    ("6", "six", "六"),
    ("7", "seven", "七"),
    ("8", "eight", "八"),
    ("9", "nine", "九"),
)
_DIGITS = {word: digit for digit, words in enumerate(_WORDS) for word in words}
_NAMED = re.compile(r"(?:digit|class|label|number|num|数字)?0?(?P<digit>[0-9]|[^\W\d_]+)")


def digit_named(name: str) -> int | None:
    """Return the digit that ``name`` means: 3, 03, digit_3, class3, three, 3 (three); else None."""
    parts = [part for part in re.split(r"[\s()\[\]]+", name.strip().lower()) if part not in "-_:"]
    if len(parts) == 2 and parts[0] in ("digit", "class", "label", "number"):
        parts = parts[1:]
    digits = {_digit(part) for part in parts}
    return digits.pop() if len(digits) == 1 else None


def plain_name(name: str) -> str:
    """Return ``name`` in small letters and digits alone: "X_train" and "xTrain" are one."""
    return re.sub(r"[\W_]", "", name.lower())


def _digit(part: str) -> int | None:
    words = [word for word in re.split(r"[_\-]", part) if word]
    if len(words) == 2 and words[0] in _DIGITS:
        # 3_three says it twice; 3_4 says two things.
        return _DIGITS[words[0]] if _DIGITS.get(words[1]) == _DIGITS[words[0]] else None
    match = _NAMED.fullmatch("".join(words))
    return _DIGITS.get(match["digit"]) if match else None
