"""What is read of a Keras layer's configuration, checked."""

from __future__ import annotations

from math import ceil
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec

from tenfold.exchange.formats._keras.file import Plain
from tenfold.exchange.formats._keras.walk import MisfitError
from tenfold.language import text as _

__all__ = ["Config", "Number", "Pair", "margins", "pair", "read", "single"]

Pair: TypeAlias = Any
Number: TypeAlias = Any
"""Either is checked by its function here: msgspec 0.22 reads wrong memory where a union holds a
tuple of fixed length and a number with limits."""

LARGEST = 1024

Kind = TypeVar("Kind", bound="Config")


class Config(msgspec.Struct, kw_only=True):
    """What is read of a layer's configuration; in the rest, Keras's versions differ."""

    data_format: Literal["channels_last"] | None = None


def read(plain: Plain, kind: type[Kind]) -> Kind:
    """Return the fields of a configuration.

    Raises:
        ValidationError: of msgspec, naming the field that is missing or not admitted.
    """
    return msgspec.convert(plain, kind)


def pair(value: Pair, least: int = 1, most: int = LARGEST) -> tuple[int, int]:
    """Return height and width of what Keras lets one give as one number.

    Raises:
        MisfitError: if they are no whole numbers within the limits.
    """
    values = value if isinstance(value, list | tuple) else [value, value]
    for number in values:
        if type(number) is not int or not least <= number <= most or len(values) != 2:
            raise MisfitError(
                _(
                    "it is set to {value}; expected one or two whole numbers of {least} to {most}.",
                    value=value,
                    least=least,
                    most=most,
                )
            )
    return (values[0], values[1])


def single(value: Number) -> float:
    """Return a number that Keras may have stored as a list of one.

    Raises:
        MisfitError: if it is none.
    """
    number = value[0] if isinstance(value, list | tuple) and len(value) == 1 else value
    if type(number) not in (int, float) or not -1e9 <= number <= 1e9:
        raise MisfitError(_("it is set to {value}; expected one number.", value=value))
    return float(number)


def margins(
    padding: str, given: tuple[int, int], reach: tuple[int, ...], stride: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return rows above and below, columns left and right, that Keras puts around a map.

    Its "same" makes as many outputs as there are strides, and puts the odd one below and right.

    Raises:
        MisfitError: if the window is much larger than the map.
    """
    if padding == "valid":
        return (0, 0, 0, 0)
    found: list[int] = []
    for length, window, step in zip(given, reach, stride, strict=True):
        missing = max((ceil(length / step) - 1) * step + window - length, 0)
        if missing > 2 * length:
            raise MisfitError(_("its window of {size} is larger than its maps.", size=window))
        found += [missing // 2, missing - missing // 2]
    return (found[0], found[1], found[2], found[3])
