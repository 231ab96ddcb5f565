"""What was done to a picture, in few words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tenfold.language import speaking
from tenfold.reader import Reader, Reading
from tenfold.reader.explanation import summary


def bars(bright: bool = False) -> np.ndarray:
    """A bar that stands and a square, black on white or white on black."""
    picture = np.full((100, 150), 255, np.uint8)
    picture[25:65, 25:33] = 0
    picture[25:65, 60:100] = 0
    return 255 - picture if bright else picture


def test_what_was_done_is_told_in_few_words(make_reader: Callable[..., Reader]) -> None:
    reader = make_reader(bias=0.0, digit=1.0)
    told = summary(reader.read(bars(), layout="page", explain=True))
    assert told == (
        "dark on bright: inverted",
        "2 digits found in a line",
        "digit 1: 8x40 scaled to 4x20 and recentered by 0 px",
        "digit 2: 40x40 scaled to 20x20 and recentered by 0 px; refused: looks like no digit",
    )
    bright = summary(reader.read(bars(bright=True), layout="page", explain=True))
    assert bright == ("bright on dark: taken as it is", *told[1:])


def test_moving_the_center_of_mass_to_the_middle_is_told(reader: Reader) -> None:
    # An L: its center of mass lies 7.5 of 50 pixels left of its middle and 7.5 below it, so it
    # moves by 3 of 20 to the right and 3 up.
    picture = np.full((100, 100), 255, np.uint8)
    picture[20:70, 25:35] = 0
    picture[60:70, 25:65] = 0
    (told,) = summary(reader.read(picture, explain=True))[2:]
    assert told == "digit 1: 40x50 scaled to 16x20 and recentered by 4 px"


def test_lines_turns_and_blank_paper_are_told(make_reader: Callable[..., Reader]) -> None:
    reader = make_reader(bias=0.0, digit=1.0)
    lying = np.zeros((300, 200), np.uint8)
    for number in range(4):
        lying[40 + 60 * number : 56 + 60 * number, 60:150] = 255
    turned = summary(reader.read(lying, layout="page", explain=True))
    assert turned[1] == "turned by 90 degrees counterclockwise"
    assert turned[2] == "4 digits found in a line"
    blank = summary(reader.read(np.full((50, 60), 255, np.uint8), explain=True))
    assert blank == ("the picture is blank or nearly so", "no digit found")
    reading = reader.read(bars(), layout="page")
    apart = replace(reading, digits=tuple(replace(d, line=n) for n, d in enumerate(reading.digits)))
    assert summary(apart)[0] == "2 digits found in 2 lines"


def test_a_digit_without_ink_and_a_reading_without_digits_are_told(reader: Reader) -> None:
    assert summary(Reading()) == ("no digit found",)
    (first, *_rest) = reader.read(bars(), layout="page").digits
    empty = replace(first, placed=np.zeros((28, 28), np.float32))
    assert summary(Reading((empty,))) == ("1 digit found", "digit 1: accepted")
    with speaking("zh"):
        assert summary(Reading((empty,)))[0] == "发现 1 个数字"
