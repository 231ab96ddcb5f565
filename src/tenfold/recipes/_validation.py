"""How many images are held out, where that is said as a share of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tenfold.errors import InputError
from tenfold.language import text as _

__all__ = ["counted", "held_out"]

_PERCENT = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*[%％]")


def counted(changes: Mapping[str, object], images: int) -> dict[str, object]:
    """Return changes of a recipe in which ``validation`` is no share, but a number of images.

    Args:
        changes: a field -> its value.
        images: how many training images there are.

    Raises:
        InputError: as ``held_out`` does.
    """
    if "validation" not in changes:
        return dict(changes)
    return {**changes, "validation": held_out(changes["validation"], images)}


def held_out(value: object, images: int) -> int | str:
    """Return how many of ``images`` are held out, or "test".

    Args:
        value: a number of images, a share of them such as "10%", "0.1" or 0.1, or "test".
        images: how many training images there are.

    Raises:
        InputError: for anything else.
    """
    words = str(value).strip()
    if words == "test":
        return words
    percent = _PERCENT.fullmatch(words)
    try:
        number = float(percent[1]) / 100 if percent else float(words)
    except ValueError:
        number = -1.0
    share = percent is not None or 0 < number < 1
    if number < 0 or not (number <= 1 if share else number.is_integer()):
        raise InputError(
            _(
                "Received validation {value}; expected a number of images such as 5000, a share "
                "of the training images such as 10% or 0.1, or test.",
                value=words,
            )
        )
    return round(number * images) or int(number > 0) if share else int(number)
