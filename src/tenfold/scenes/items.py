"""What people write, item by item: counts, amounts and their signs, dates, words beside numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

__all__ = ["LETTER", "LYING", "SIGNS", "SPACE", "Item", "random_items"]

SIGNS = (".", ",", "-", "=", "/", "'", "+", "×", "(", ")", ":")
"""Signs that stand within, before and after numbers."""

LETTER, LYING, SPACE = "letter", "lying", " "
"""Any letter, a digit that lies on its side, and a gap between words."""

Item: TypeAlias = int | str
"""A digit, one of ``SIGNS``, or one of the three above."""

Rng = np.random.Generator

# What follows some digit of a number that goes on and on, and how often.
_BETWEEN = (".", ",", "-", "=", "/", "'", "+", "×", "(", ")", ":")
_BETWEEN_OFTEN = (0.2, 0.2, 0.15, 0.08, 0.1, 0.07, 0.08, 0.05, 0.02, 0.03, 0.02)

# How often a digit of such a number is followed by some sign.
_SIGNED = 0.13


def random_items(kind: str, rng: Rng) -> Iterator[Item]:
    """Yield what is written from left to right; some go on for ever, so take what has room.

    Args:
        kind: "number", "word", "mixed", "noted" (a number and a word), or "rotated".
        rng: decides.
    """
    match kind:
        case "number":
            yield from _number(rng)
        case "noted":
            yield from _noted(rng)
        case "word":
            yield from itertools.repeat(LETTER)
        case "rotated":
            yield from itertools.repeat(LYING)
        case _:
            while True:
                yield LETTER if rng.random() < 0.5 else int(rng.integers(10))


def _number(rng: Rng) -> Iterator[Item]:
    return _NUMBERS[int(rng.choice(len(_NUMBERS), p=_OFTEN))](rng)


def _digits(rng: Rng) -> Iterator[Item]:
    while True:
        yield int(rng.integers(10))
        if rng.random() < _SIGNED:
            yield str(rng.choice(_BETWEEN, p=_BETWEEN_OFTEN))


def _amount(rng: Rng) -> Iterator[Item]:
    """A sum of money: most end in zeros, many have points between thousands."""
    count = int(rng.integers(2, 8))
    zeros = int(rng.integers(1, count)) if rng.random() < 0.6 else 0
    first = 1 if rng.random() < 0.4 else int(rng.integers(1, 10))
    digits = [first, *rng.integers(0, 10, count - 1 - zeros).tolist(), *[0] * zeros]
    point = str(rng.choice((".", ",", "'", "")))
    for at, digit in enumerate(digits):
        if point and at and (count - at) % 3 == 0:
            yield point
        yield digit
    end = rng.random()
    if end < 0.2:
        yield "," if point == "." else "."
        yield from (0, 0) if rng.random() < 0.5 else rng.integers(0, 10, 2).tolist()
    elif end < 0.5:
        yield from str(rng.choice(("-", "=", ".", ".-", ",-", "/")))


def _run(rng: Rng) -> Iterator[Item]:
    """A digit over and over, at times with others around it: 000, 111, 1001, 77."""
    digit = int(rng.integers(2)) if rng.random() < 0.67 else int(rng.integers(10))
    if rng.random() < 0.4:
        yield int(rng.integers(1, 10))
    yield from itertools.repeat(digit, int(rng.integers(2, 7)))
    if rng.random() < 0.4:
        yield int(rng.integers(10))


def _date(rng: Rng) -> Iterator[Item]:
    """A day, a month and a year, or some of them."""
    sign = str(rng.choice((".", "-", "/")))
    kind = rng.random()
    if kind < 0.6:
        yield from map(int, str(rng.integers(1, 32)))
        yield sign
    if kind < 0.4:
        yield from map(int, str(rng.integers(1, 13)))
        yield sign
    year = str(rng.integers(1700, 2060))
    yield from map(int, year[2:] if rng.random() < 0.3 else year)


def _sum(rng: Rng) -> Iterator[Item]:
    """Numbers and what is done with them, at times in brackets, at times with what comes out."""
    first, second, third = rng.integers(0, 10 ** rng.integers(1, 4, 3)).tolist()
    one, other = rng.choice(("+", "-", "×", "/", "+", "-"), 2).tolist()
    text = f"{first}{one}{second}"
    kind = rng.random()
    if kind < 0.2:
        text = f"({text}){other}{third}"
    elif kind < 0.4:
        text = f"{third}{other}({text})"
    yield from _written(text)
    if rng.random() < 0.6:
        yield "="
        if rng.random() < 0.7:
            yield from _written(str(rng.integers(-99, 1000)))


def _decimal(rng: Rng) -> Iterator[Item]:
    """A measure: a few digits, a point or comma, a few more; at times with the sign before it."""
    sign = str(rng.choice(("", "-", "+"), p=(0.6, 0.3, 0.1)))
    whole, rest = rng.integers(0, 10 ** rng.integers(1, 4, 2)).tolist()
    yield from _written(f"{sign}{whole}{rng.choice(('.', ','))}{rest}")


def _phone(rng: Rng) -> Iterator[Item]:
    """A telephone number, with the country's or the place's apart."""
    place, first, second = rng.integers(10, 10 ** rng.integers(2, 5, 3)).tolist()
    apart = str(rng.choice(("/", "-", ".", " ")))
    start = (f"+{place}", f"({place})", f"0{place}/")[rng.integers(3)]
    yield from _written(f"{start}{' ' if rng.random() < 0.5 else ''}{first}{apart}{second}")


def _small(rng: Rng) -> Iterator[Item]:
    return _written(str(rng.integers(0, 100)))


def _time(rng: Rng) -> Iterator[Item]:
    return _written(f"{rng.integers(24)}:{rng.integers(60):02}")


def _written(text: str) -> Iterator[Item]:
    """The items of a text of digits, signs and gaps."""
    return (int(one) if one.isdigit() else one for one in text)


def _noted(rng: Rng) -> Iterator[Item]:
    """A number and the word that belongs to it, before or after."""
    word: list[Item] = [LETTER] * int(rng.integers(1, 9))
    number = list(itertools.islice(_number(rng), int(rng.integers(1, 6))))
    parts = [number, word] if rng.random() < 0.65 else [word, number]
    yield from parts[0]
    if rng.random() < 0.75:
        yield SPACE
    yield from parts[1]


# What is written of numbers, and how often; the first goes on as long as there is room.
_NUMBERS = (_digits, _amount, _run, _date, _small, _sum, _decimal, _phone, _time)
_OFTEN = (0.4, 0.18, 0.11, 0.09, 0.05, 0.08, 0.04, 0.04, 0.01)
