"""The reader joins imaging and two networks; stand-ins for them show what they were given."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.errors import InputError, ModelError, PictureError
from tenfold.imaging import Box
from tenfold.reader import Digit, Reader, Reading
from tenfold.reader.mark import Mark


def bars(*boxes: tuple[int, int, int, int], height: int = 300, width: int = 200) -> np.ndarray:
    """Black on white: bars of (x, y, width, height)."""
    picture = np.full((height, width), 255, np.uint8)
    for x, y, wide, high in boxes:
        picture[y : y + high, x : x + wide] = 0
    return picture


def bar() -> np.ndarray:
    return bars((60, 50, 20, 100))


def off(found: Box, x: int, y: int, width: int, height: int) -> int:
    """How far a box is from the true one at worst."""
    true = (x, y, width, height)
    return max(abs(a - b) for a, b in zip(found.to_dict().values(), true, strict=True))


def test_a_picture_is_read(reader: Reader) -> None:
    reading = reader.read(bar())
    assert (reading.text, str(reading)) == ("1", "1")
    assert reading.confidence == pytest.approx(0.96)
    (digit,) = reading.digits
    assert (digit.label, digit.accepted, digit.line) == (1, True, 0)
    assert digit.confidence == pytest.approx(0.96)
    # A picture of this size is looked at half as large.
    assert off(digit.box, 60, 50, 20, 100) <= 2
    assert digit.placed.shape == (28, 28)
    assert digit.placed.dtype == np.float32
    assert digit.placed[5:23, 13:15].min() > 0.9
    assert digit.placed.sum() == pytest.approx(80, rel=0.1)
    assert reading.attempt is None


def test_all_sources_read_the_same(reader: Reader) -> None:
    buffer = io.BytesIO()
    image = Image.fromarray(bar())
    image.save(buffer, "PNG")
    image.save("bar.png")
    for source in (image, buffer.getvalue(), "bar.png", Path("bar.png"), bar() / 255.0, bar() > 0):
        assert reader.read(source).to_dict() == reader.read(bar()).to_dict()


def test_lines_are_read_from_top_to_bottom_and_each_from_left_to_right(reader: Reader) -> None:
    picture = bars((110, 180, 12, 70), (60, 180, 12, 70), (60, 40, 12, 70), (120, 40, 16, 70))
    reading = reader.read(picture)
    assert reading.text == "11\n11"
    assert [digit.line for digit in reading.digits] == [0, 0, 1, 1]
    assert [digit.box.x for digit in reading.digits] == [60, 120, 60, 110]
    assert reading.confidence == pytest.approx(0.96**4)


def test_a_line_is_its_accepted_digits_and_the_box_around_them() -> None:
    def digit(label: int, x: int, line: int, *, accepted: bool = True) -> Digit:
        probabilities = np.eye(10, dtype=np.float32)[label]
        placed = np.zeros((28, 28), np.float32)
        return Digit(probabilities, Box(x, 5 * line, 8, 12), placed, accepted=accepted, line=line)

    found = (digit(4, 10, 0), digit(2, 30, 0), digit(9, 0, 1, accepted=False), digit(7, 3, 2))
    first, second = Reading(found).lines
    assert (first.text, second.text) == ("42", "7")
    assert first.digits == found[:2]
    assert first.box == Box(10, 0, 28, 12)
    assert Reading(found).text == "42\n7"
    assert Reading().lines == ()


def test_boxes_are_in_pixels_of_the_picture_as_shown(reader: Reader) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    large = bars((600, 1000, 1000, 200), height=4000, width=3200)
    Image.fromarray(large).save(buffer, "JPEG", exif=exif)
    (digit,) = reader.read(buffer.getvalue()).digits
    # Turned clockwise, row r becomes column 4000 - r.
    # One pixel of what is looked at is 28 of the picture.
    assert off(digit.box, 2800, 600, 200, 1000) <= 28


def test_a_page_on_its_side_is_turned_and_its_boxes_are_those_of_the_page_as_it_came(
    make_reader: Callable[..., Reader],
) -> None:
    # As sure as the digit network is that these are digits: lying, hardly.
    reader = make_reader(bias=0.0, digit=1.0)
    lying = [(60, 40 + 60 * number, 90, 16) for number in range(4)]
    reading = reader.read(bars(*lying), layout="page", explain=True)
    assert reading.text == "1111"
    assert reading.attempt is not None
    assert reading.attempt.turns == 1
    # Counterclockwise, the top of the page becomes the left.
    assert max(off(d.box, *box) for d, box in zip(reading.digits, lying, strict=True)) <= 2


@pytest.mark.parametrize("layout", [None, "digit", "line", "page"])
def test_a_blank_picture_gives_an_empty_reading(reader: Reader, layout: str | None) -> None:
    reading = reader.read(np.full((40, 40), 255, np.uint8), layout=layout)
    assert (reading.text, reading.confidence, reading.digits) == ("", 0.0, ())
    told = {"text": "", "transcript": "", "confidence": 0.0, "confidence_kind": "calibrated"}
    assert reading.to_dict() == {**told, "digits": [], "left_out": []}


def test_what_is_less_sure_than_asked_is_for_a_person(
    make_reader: Callable[..., Reader],
) -> None:
    blank = np.full((40, 40), 255, np.uint8)
    assert make_reader().read(bar()).needs_review is None
    for accuracy, review in ((0.95, False), (0.97, True)):
        reader = make_reader(at_accuracy=accuracy)
        assert reader.read(bar()).needs_review is review
        assert reader.read(bar()).to_dict()["needs_review"] is review
        assert reader.read(blank).needs_review is True
    reading = make_reader(at_accuracy=0.9).read(bar())
    marked = replace(reading, unread=(Mark(Box(1, 1, 2, 2), "unread"),))
    assert (reading.needs_review, marked.needs_review) == (False, True)


@pytest.mark.parametrize("accuracy", [0, 1, 99, -0.5, math.nan])
def test_an_accuracy_is_a_share(make_reader: Callable[..., Reader], accuracy: float) -> None:
    with pytest.raises(InputError, match="expected a share between 0 and 1"):
        make_reader(at_accuracy=accuracy)


def test_what_is_too_doubtful_is_found_but_left_out(make_reader: Callable[..., Reader]) -> None:
    reader = make_reader(bias=0.0, digit=1.0)
    reading = reader.read(bars((40, 40, 16, 80), (90, 40, 80, 80)), layout="line")
    assert reading.text == "1"
    assert [digit.accepted for digit in reading.digits] == [True, False]
    assert reading.refused == reading.digits[1:]
    # The digit network said that it is no digit with 0.95.
    assert reading.refused[0].confidence == pytest.approx(0.05, abs=0.001)
    assert reading.refused[0].none > 0.9
    nothing = reader.read(bars((40, 40, 80, 80)))
    assert (nothing.text, len(nothing.refused)) == ("", 1)
    assert nothing.confidence == nothing.refused[0].confidence


@pytest.mark.parametrize(("threshold", "text"), [(0, "1"), (0.95, "1"), (0.97, ""), (1, "")])
def test_the_threshold_decides_what_stands_in_the_text(
    reader: Reader, threshold: float, text: str
) -> None:
    strict = Reader(reader.model, lines=reader.lines, ink=reader.ink, threshold=threshold)
    assert strict.read(bar()).text == text


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_that_is_none_is_refused(reader: Reader, threshold: float) -> None:
    with pytest.raises(InputError, match="Received threshold"):
        Reader(reader.model, lines=reader.lines, ink=reader.ink, threshold=threshold)


def test_a_hint_says_what_a_picture_holds(reader: Reader) -> None:
    two = bars((50, 40, 16, 90), (110, 40, 16, 90))
    assert reader.read(two).text == "11"
    assert reader.read(two, layout="digit").text == "1"
    assert reader.read(two, layout="line").text == "11"
    assert (
        Reader(reader.model, lines=reader.lines, ink=reader.ink, layout="digit").read(two).text
        == "1"
    )


def test_an_unknown_hint_is_refused_with_the_known_ones(reader: Reader) -> None:
    with pytest.raises(InputError, match="Received layout 'pages'; expected digit, line, page"):
        reader.read(bar(), layout="pages")
    with pytest.raises(InputError, match="Received layout 'lines'"):
        Reader(reader.model, lines=reader.lines, ink=reader.ink, layout="lines")


def test_one_broken_picture_does_not_stop_the_others(reader: Reader) -> None:
    results = list(reader.read_many([bar(), b"broken", bar()]))
    assert [type(result) for result in results] == [Reading, PictureError, Reading]
    assert [result.text for result in results if isinstance(result, Reading)] == ["1", "1"]


def test_read_many_does_not_read_ahead(reader: Reader) -> None:
    def sources() -> object:
        yield bar()
        pytest.fail("read ahead")

    assert next(reader.read_many(sources())).text == "1"


def test_the_confidence_of_several_digits_is_that_all_are_right() -> None:
    probabilities = np.zeros(10, np.float32)
    probabilities[3] = 0.5
    digit = Digit(probabilities, Box(0, 0, 1, 1), np.zeros((28, 28), np.float32))
    reading = Reading((digit, digit))
    assert (reading.text, reading.confidence) == ("33", 0.25)
    assert digit.none == 0.5


def test_a_reading_is_plain_data(reader: Reader) -> None:
    data = json.loads(json.dumps(reader.read(bar()).to_dict()))
    assert data["text"] == "1"
    (digit,) = data["digits"]
    assert (digit["label"], digit["accepted"], digit["line"]) == (1, True, 0)
    assert off(Box(**digit["box"]), 60, 50, 20, 100) <= 2
    assert len(digit["probabilities"]) == 10
    assert sum(digit["probabilities"]) + digit["none"] == pytest.approx(1, abs=1e-6)


def test_a_digits_probabilities_are_of_both_networks_and_scaled_to_its_confidence(
    reader: Reader,
) -> None:
    (digit,) = reader.read(bar()).digits
    # The line network is certain of 1; the digit network holds 7 for a third as probable.
    assert digit.probabilities[1] == pytest.approx(0.96, abs=1e-6)
    assert digit.probabilities[[0, *range(2, 10)]].max() < 1e-4
    assert digit.probabilities.sum() + digit.none == pytest.approx(1, abs=1e-6)


def test_the_placement_comes_from_the_models_card(make_reader: Callable[..., Reader]) -> None:
    (digit,) = make_reader({"box": 10}).read(bar()).digits
    assert np.ptp(np.nonzero(digit.placed)[0]) + 1 == 10
    with pytest.raises(InputError, match="Received tilt in a placement"):
        make_reader({"tilt": 1})
    with pytest.raises(ModelError, match="squares of 32 pixels; expected 28"):
        make_reader({"size": 32})


def test_the_calibration_comes_from_the_line_models_card(
    make_reader: Callable[..., Reader],
) -> None:
    assert make_reader(bias=0.0).read(bar()).confidence == pytest.approx(0.5)
    with pytest.raises(ModelError, match="calibration in the model's card is incomplete"):
        make_reader(bias=float("nan"))
    with pytest.raises(ModelError, match="calibration in the model's card is incomplete"):
        make_reader(bias=None)


def test_digits_that_are_placed_already_are_told_apart(reader: Reader) -> None:
    placed = reader.read(bar()).digits[0].placed
    assert reader.classify(placed[None]).argmax() == 1


def test_a_missing_model_is_named() -> None:
    with pytest.raises(ModelError, match=r"absent\.onnx"):
        Reader("absent.onnx")
