"""A line as it is written: digits, signs between them, and which of those are of numbers."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.imaging import Box
from tenfold.models.sign_model import SIGNS
from tenfold.reader import Digit, Reading
from tenfold.reader.explanation import steps, summary
from tenfold.reader.mark import Mark, Sign
from tenfold.reader.transcript import Signs, numbers

PLACED = np.zeros((28, 28), np.float32)
SOMEWHERE = Box(1, 2, 3, 4)


def digit(label: int, line: int = 0, sign: str | None = None, *, accepted: bool = True) -> Digit:
    shares = np.eye(10, dtype=np.float32)[label] * np.float32(0.95 if accepted else 0.4)
    asked = None if sign is None else Sign(sign, 0.8)
    return Digit(shares, SOMEWHERE, PLACED, accepted=accepted, line=line, sign=asked)


def reading(written: str, signs: Signs = "leave") -> Reading:
    """What would be read of such lines, each character a digit or a mark."""
    digits: list[Digit] = []
    marks: list[Mark] = []
    for number, line in enumerate(written.split("\n")):
        before = 0
        for character in line:
            if character.isdigit():
                digits.append(digit(int(character), number))
                before += 1
            else:
                marks.append(Mark(SOMEWHERE, "unread", character, 0.9, number, before))
    return Reading(tuple(digits), 0.95, unread=tuple(marks), signs=signs)


CHARACTERS = st.text("0123456789" + "".join(SIGNS), max_size=12)


@given(lines=st.lists(CHARACTERS, max_size=4))
def test_a_transcript_without_its_signs_is_the_text(lines: list[str]) -> None:
    found = reading("\n".join(lines))
    shown = [line for line in lines if any(map(str.isdigit, line))]
    assert found.transcript == "\n".join(shown)
    assert found.text == "".join(c for c in found.transcript if c.isdigit() or c == "\n")
    kept = reading("\n".join(lines), "keep")
    assert kept.transcript == found.transcript
    assert set(kept.text) <= set("0123456789.,-\n")
    assert kept.text.translate(str.maketrans("", "", ".,-")) == found.text
    # What stands in the text is not left out, and all else is.
    count = sum(len(line) for line in lines)
    assert len(kept.left_out) == count - len(kept.text.replace("\n", ""))
    assert len(found.left_out) == count - len(found.digits)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("-3.14", "-3.14"),
        ("-.5", "-.5"),
        ("1.200,50", "1.200,50"),
        ("12.-", "12."),
        ("5-3", "5-3"),
        ("--7", "-7"),
        ("1+2=3", "123"),
        ("(030)12/5", "030125"),
        ("407?", "407"),
        ("?.?7", "7"),
    ],
)
def test_a_text_keeps_the_signs_of_its_numbers(written: str, text: str) -> None:
    assert "".join(written[at] for at in numbers(written)) == text
    assert reading(written, "keep").text == text


def test_a_refused_digit_is_a_mark_of_its_line_and_may_be_a_sign() -> None:
    refused = digit(7, sign="-", accepted=False), digit(1, sign="?", accepted=False)
    found = Reading((refused[0], digit(4), refused[1]), 0.9)
    assert (found.text, found.transcript) == ("4", "-4?")
    assert [(mark.reason, mark.sign, mark.line) for mark in found.left_out] == [
        ("no digit", "-", 0),
        ("no digit", "?", 0),
    ]
    kept = Reading(found.digits, 0.9, signs="keep")
    assert kept.text == "-4"
    assert [mark.sign for mark in kept.left_out] == ["?"]
    # It is as sure as its digits and the sign that it keeps.
    assert found.confidence == pytest.approx(0.9)
    assert kept.confidence == pytest.approx(0.9 * 0.8)
    assert Reading((digit(4), digit(1, accepted=False)), 0.9).transcript == "4?"


def test_what_stands_in_no_line_of_the_text_is_not_in_its_transcript() -> None:
    lone = digit(7, line=0, sign="+", accepted=False)
    marks = (Mark(SOMEWHERE, "unread"), Mark(SOMEWHERE, "unread", "-", 0.9, 0))
    found = Reading((lone, digit(5, line=1)), 0.9, unread=marks)
    assert found.transcript == found.text == "5"
    assert len(found.left_out) == 3
    assert Reading((lone,), unread=marks).transcript == ""


def test_plain_data_have_the_transcript_and_what_each_mark_is() -> None:
    told = json.loads(json.dumps(reading("3.14").to_dict()))
    assert (told["text"], told["transcript"]) == ("314", "3.14")
    (mark,) = told["left_out"]
    assert (mark["sign"], mark["probability"], mark["line"]) == (".", 0.9, 0)


def test_a_text_that_keeps_its_signs_needs_no_look_for_them() -> None:
    digits, marks = reading("3.14").digits, reading("3.14").unread
    asked = Reading(digits, 0.95, unread=marks, at_accuracy=0.8)
    assert asked.needs_review
    kept = Reading(digits, 0.95, unread=marks, at_accuracy=0.8, signs="keep")
    assert not kept.needs_review
    assert not any("left out" in step for step in (*steps(kept), *summary(kept)))
