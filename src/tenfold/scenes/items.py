"""What people write, item by item: counts, amounts and their signs, dates, words beside numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

__all__ = ["LETTER", "LYING", "SIGNS", "SPACE", "Item", "random_items"]

SIGNS = (".", ",", "-", "=", "/", "'")
"""Signs that stand within and after numbers."""

LETTER, LYING, SPACE = "letter", "lying", " "
"""Any letter, a digit that lies on its side, and a gap between words."""

Item: TypeAlias = int | str
"""A digit, one of ``SIGNS``, or one of the three above."""

Rng = np.random.Generator

# What is written of numbers, and how often; the first goes on as long as there is room.
_NUMBERS = ("digits", "amount", "run", "date", "small")
_OFTEN = (0.5, 0.22, 0.12, 0.1, 0.06)

# How often a digit of the first kind is followed by some sign.
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
    match str(rng.choice(_NUMBERS, p=_OFTEN)):
        case "amount":
            yield from _amount(rng)
        case "run":
            yield from _run(rng)
        case "date":
            yield from _date(rng)
        case "small":
            yield from map(int, str(rng.integers(0, 100)))
        case _:
            while True:
                yield int(rng.integers(10))
                if rng.random() < _SIGNED:
                    yield str(rng.choice((".", ",", "-", "=")))


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


def _noted(rng: Rng) -> Iterator[Item]:
    """A number and the word that belongs to it, before or after."""
    word: list[Item] = [LETTER] * int(rng.integers(1, 9))
    number = list(itertools.islice(_number(rng), int(rng.integers(1, 6))))
    parts = [number, word] if rng.random() < 0.65 else [word, number]
    yield from parts[0]
    if rng.random() < 0.75:
        yield SPACE
    yield from parts[1]
