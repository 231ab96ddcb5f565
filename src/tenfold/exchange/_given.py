"""What pixels a model of another program was trained on, or is to take, in a word."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from tenfold.errors import InputError
from tenfold.language import text as _

__all__ = ["GIVEN", "Given", "Taken", "check_given"]

Given: TypeAlias = Literal["unit", "bytes", "signed", "standardized"]
"""Pixels of 0 to 1, of 0 to 255, of -1 to 1, or of 0 to 1 less MNIST's mean and divided by its
deviation, as PyTorch's example does."""

GIVEN: dict[Given, tuple[float, float]] = {
    "unit": (1 / 255, 0.0),
    "bytes": (1.0, 0.0),
    "signed": (1 / 127.5, -1.0),
    "standardized": (1 / (255 * 0.3081), -0.1307 / 0.3081),
}
"""Factor, and what is then added, that make such a value of a pixel of 0 to 255."""

Taken: TypeAlias = Literal["unit", "bytes", "scaled"]
"""What an exported model takes: pixels of 0 to 1, pixels of 0 to 255, or pixels that were scaled
as its recipe says before they are given to it."""


def check_given(pixels: str) -> None:
    """Refuse what is none of the words.

    Raises:
        InputError: if it is none.
    """
    if pixels not in GIVEN:
        raise InputError(
            _(
                "Received pixels {pixels!r}; expected {known}.",
                pixels=pixels,
                known=", ".join(get_args(Given)),
            )
        )
