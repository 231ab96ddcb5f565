"""An explanation tells what was seen, what was found, and why something was refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tenfold.language import set_language
from tenfold.reader import Reader, Reading
from tenfold.reader.explanation import explain, steps


def bars() -> np.ndarray:
    """Black on white: a bar that stands and a square."""
    picture = np.full((100, 150), 255, np.uint8)
    picture[25:65, 25:33] = 0
    picture[25:65, 60:100] = 0
    return picture


def test_every_step_is_told(make_reader: Callable[..., Reader]) -> None:
    reader = make_reader(bias=0.0, digit=1.0)
    told = steps(reader.read(bars(), layout="page", explain=True))
    assert told[0] == "picture: looked at with 150 x 100 pixels"
    assert told[1].startswith("ink: dark on bright, 100% of the paper's brightness")
    assert told[2] == "strokes: grouped into lines by their heights and places"
    assert told[3].startswith("line 1: columns 25 to 100, around row 45, 40 high")
    assert told[4].startswith("digit 1: 1 ")
    assert told[4].endswith("8x40 at (25, 25); accepted")
    assert told[5].startswith("digit 2: 7 5.0%")
    assert "none 95.0%" in told[5]
    assert told[5].endswith("40x40 at (60, 25); refused: looks like no digit")
    assert len(told) == 6


def test_polarity_and_turning_are_told(make_reader: Callable[..., Reader]) -> None:
    reader = make_reader(bias=0.0, digit=1.0)
    # Strokes 8 pixels high are looked at enlarged.
    lying = np.zeros((150, 100), np.uint8)
    for number in range(4):
        lying[20 + 30 * number : 28 + 30 * number, 30:75] = 255
    told = steps(reader.read(lying, layout="page", explain=True))
    assert told[0] == "picture: looked at with 300 x 200 pixels"
    assert told[1].startswith("ink: bright on dark")
    assert told[2].startswith("turned: 90 degrees counterclockwise")


def test_doubt_is_told_apart_from_no_digit(reader: Reader) -> None:
    strict = Reader(reader.model, lines=reader.lines, ink=reader.ink, threshold=0.99)
    assert steps(strict.read(bars()))[0].endswith("refused: too doubtful")


def test_blank_paper_is_told(reader: Reader) -> None:
    reading = reader.read(np.full((50, 60), 255, np.uint8), explain=True)
    assert steps(reading) == (
        "picture: looked at with 120 x 100 pixels",
        "ink: none; the picture is blank or nearly so",
        "digits: none was found",
    )


def test_without_being_asked_only_the_digits_are_told(reader: Reader) -> None:
    assert steps(reader.read(bars()))[0].startswith("digit 1: ")
    assert steps(Reading()) == ("digits: none was found",)


def test_digits_are_drawn_side_by_side_as_far_as_they_fit(reader: Reader) -> None:
    reading = reader.read(bars())
    wide, narrow = explain(reading, 60).split("\n"), explain(reading, 40).split("\n")
    told = len(steps(reading))
    assert len(wide) == told + 14
    assert len(narrow) == told + 28
    assert max(map(len, wide[told:])) <= 58
    assert max(map(len, narrow[told:])) <= 28


def test_of_a_page_full_of_digits_the_first_are_drawn(reader: Reader) -> None:
    (digit, _square) = reader.read(bars()).digits
    full = Reading((digit,) * 45)
    assert len(explain(full, 28).split("\n")) == 45 + 40 * 14


def test_it_is_told_in_chinese(reader: Reader) -> None:
    set_language("zh")
    try:
        told = steps(reader.read(bars(), explain=True))
    finally:
        set_language(None)
    assert told[0] == "图片：按 150 x 100 像素处理"
    assert all(ord(step[0]) > 0x4E00 for step in told)
