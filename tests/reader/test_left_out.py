"""What is written and stands in no digit is found; dust, frames, a digit's strokes are not."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from tenfold.imaging import Box, Ink
from tenfold.reader import Digit, Reader, Reading
from tenfold.reader.explanation import steps, summary
from tenfold.reader.left_out import find_left_out
from tenfold.reader.mark import Mark

DIGIT = Box(60, 30, 20, 40)


def ink_of(*strokes: tuple[slice, slice], tone: float = 1.0, width: int = 140) -> Ink:
    """A zero at ``DIGIT``, written with a pen 5 pixels wide, and some strokes of ``tone``."""
    plane = np.zeros((100, width), np.float32)
    cv2.rectangle(plane, (62, 32), (77, 67), 1.0, 5)
    for stroke in strokes:
        plane[stroke] = tone
    return Ink(plane, plane, bright=False, contrast=1.0)


POINT = np.s_[64:69, 84:89]
MINUS = np.s_[48:53, 35:53]
BESIDE = np.s_[30:70, 90:95]


@pytest.mark.parametrize(
    ("strokes", "boxes"),
    [
        ([POINT], [Box(84, 64, 5, 5)]),
        ([MINUS], [Box(35, 48, 18, 5)]),
        # The two points of a colon are one mark, a sign on each side are two.
        ([np.s_[40:45, 84:89], np.s_[56:61, 84:89]], [Box(84, 40, 5, 21)]),
        ([MINUS, POINT], [Box(35, 48, 18, 5), Box(84, 64, 5, 5)]),
    ],
)
def test_signs_beside_a_digit_are_left_out(
    strokes: list[tuple[slice, slice]], boxes: list[Box]
) -> None:
    assert sorted(find_left_out(ink_of(*strokes), [DIGIT]), key=lambda box: box.x) == boxes


def test_all_is_left_out_where_no_digit_is() -> None:
    assert len(find_left_out(ink_of(BESIDE), [])) == 2
    blank = np.zeros((20, 20), np.float32)
    assert find_left_out(Ink(blank, blank, bright=False, contrast=0.0), []) == []


@pytest.mark.parametrize(
    "strokes",
    [
        [],
        [np.s_[66:68, 84:86]],  # dust beside it
        [np.s_[10:15, 10:15]],  # a speck far away
        [np.s_[30:34, 62:78], np.s_[45:50, 66:70]],  # strokes inside
        [np.s_[20:80, 0:4]],  # a strip that the rim cuts
        [np.s_[20:22, 50:90], np.s_[78:80, 50:90], np.s_[20:80, 50:52], np.s_[20:80, 88:90]],
    ],
)
def test_what_is_no_mark(strokes: list[tuple[slice, slice]]) -> None:
    assert find_left_out(ink_of(*strokes), [DIGIT]) == []


def test_what_is_much_fainter_than_the_digits_is_print() -> None:
    assert find_left_out(ink_of(POINT, tone=0.5), [DIGIT]) == []


def test_a_point_that_was_cut_out_with_its_digit_is_left_out() -> None:
    together = Box(60, 30, 29, 40)
    assert find_left_out(ink_of(POINT), [together]) == [Box(84, 64, 5, 5)]


def test_a_long_minus_is_left_out_and_a_rule_that_goes_on_is_not() -> None:
    plane = np.zeros((60, 60), np.float32)
    plane[10:50, 52:56] = 1
    one = [Box(52, 10, 4, 40)]
    plane[29:32, 8:45] = 1
    assert find_left_out(Ink(plane, plane, bright=False, contrast=1.0), one) == [Box(8, 29, 37, 3)]
    plane[29:32] = 0
    plane[55:58] = 1
    assert find_left_out(Ink(plane.copy(), plane, bright=False, contrast=1.0), one) == []


def test_thousands_of_specks_take_no_time_and_no_pairs() -> None:
    plane = np.zeros((800, 800), np.float32)
    plane[::4, ::4] = 1
    boxes = find_left_out(Ink(plane, plane, bright=False, contrast=1.0), [])
    assert 0 < len(boxes) <= 3000


def test_boxes_are_of_the_picture_as_shown(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Box(10, 20, 3, 4)]
    monkeypatch.setattr("tenfold.reader.reader.find_left_out", lambda _ink, _boxes: found)
    # Shown 3200 high, it is read at half of that.
    image = Image.new("L", (3200, 60), 255)
    image.getexif()[0x0112] = 6
    assert reader.read(image).left_out == (Mark(Box(20, 40, 6, 8), "unread"),)


def test_a_reading_tells_what_it_leaves_out_everywhere() -> None:
    sure = np.eye(10, dtype=np.float32)[7]
    placed = np.zeros((28, 28), np.float32)
    digits = (
        Digit(sure, DIGIT, placed),
        Digit(sure * 0.2, Box(1, 2, 3, 4), placed, accepted=False),
    )
    reading = Reading(digits, 0.99, unread=(Mark(Box(5, 6, 7, 8), "unread"),))
    assert [mark.reason for mark in reading.left_out] == ["no digit", "unread"]
    unasked = {"sign": None, "probability": None}
    assert json.loads(json.dumps(reading.to_dict()))["left_out"] == [
        {"box": Box(1, 2, 3, 4).to_dict(), "reason": "no digit", "line": 0, **unasked},
        {"box": Box(5, 6, 7, 8).to_dict(), "reason": "unread", "line": None, **unasked},
    ]
    assert summary(reading)[-1] == steps(reading)[-1] == "2 marks left out"
    assert "7x8 at (5, 6)" in steps(reading)[-2]
    assert "2 marks left out" in reading._repr_html_()
    assert "left out" not in Reading(digits[:1], 0.99)._repr_html_()
