"""Which line a mark stands in, and which sign it is."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

import tenfold
from _signs import SayingSigns
from tenfold.errors import InputError
from tenfold.imaging import Box, Ink
from tenfold.imaging.layout import Line
from tenfold.imaging.strips import cut_strip, cut_window
from tenfold.models import SignModel, load_bundled_signs
from tenfold.models.sign_model import SIGNS, probe_window
from tenfold.reader import Reader
from tenfold.reader.setup import ReaderSetup
from tenfold.reader.signs import cut_windows, find_line, tell_signs

LINES = (Line(20, 120, 50, 0.0, 40), Line(20, 120, 110, 0.0, 40))


@pytest.mark.parametrize(
    ("box", "line"),
    [
        (Box(60, 66, 5, 6), 0),  # a point
        (Box(60, 25, 5, 10), 0),  # an apostrophe
        (Box(130, 108, 20, 4), 1),  # a dash after it
        (Box(5, 48, 10, 4), 0),  # a minus before it
        (Box(60, 74, 30, 4), 0),  # between both, nearer to the first
        (Box(300, 50, 5, 5), None),  # far to the right
        (Box(60, 160, 5, 5), None),  # far below
    ],
)
def test_a_mark_stands_in_the_nearest_line(box: Box, line: int | None) -> None:
    assert find_line(box, LINES) == line
    assert find_line(box, ()) is None


def test_a_line_that_climbs_is_followed() -> None:
    climbing = Line(0, 400, 300, -0.5, 40)
    assert find_line(Box(380, 105, 6, 6), (climbing,)) == 0
    assert find_line(Box(380, 300, 6, 6), (climbing,)) is None


def plane() -> Ink:
    """A digit's body from column 30 to 50, a point right of it, both between rows 30 and 70."""
    tone = np.zeros((100, 200), np.float32)
    tone[30:70, 30:50] = 1
    tone[64:70, 56:62] = 1
    return Ink(tone, tone, bright=False, contrast=1.0)


def test_a_window_has_the_mark_in_the_middle_and_by_itself() -> None:
    strip = cut_strip(plane().tone, Line(30, 62, 50, 0.0, 40))
    window = cut_window(strip, Box(56, 64, 6, 6))
    assert window.shape == (2, 40, 40)
    around, mark = window
    assert (mark <= around).all()
    assert around[:, :14].max() > 0.9
    assert mark[:, :14].max() == 0
    rows, columns = np.nonzero(mark > 0.5)
    assert abs(columns.mean() - 19.5) < 1.5
    # At the foot of the digit, which is 27 rows high around row 20.
    assert 29 < rows.mean() < 34
    # Beyond the strip is paper.
    assert cut_window(strip, Box(900, 64, 6, 6)).max() == 0


def test_all_marks_are_asked_about_at_once_and_a_doubtful_one_is_another() -> None:
    line = Line(30, 62, 50, 0.0, 40)
    marks = [(Box(56, 64, 6, 6), line), (Box(30, 30, 20, 40), line)]
    model = SayingSigns(".-")
    told = tell_signs(plane(), marks, model)  # type: ignore[arg-type] # a stand-in
    assert [sign.text for sign in told] == [".", "-"]
    assert told[0].probability == pytest.approx(0.9)
    np.testing.assert_array_equal(model.asked[0], cut_windows(plane(), marks))
    model.predict = lambda windows: np.full((len(windows), len(SIGNS)), 1 / 11, np.float32)
    assert {sign.text for sign in tell_signs(plane(), marks, model)} == {"?"}  # type: ignore[arg-type]


def strokes(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    """A picture with upright strokes, which the stand-in reads as ones, and other marks."""
    picture = np.full((100, 200), 255, np.uint8)
    for left, top, right, bottom in boxes:
        picture[top:bottom, left:right] = 0
    return picture


ONES = (40, 30, 45, 70), (100, 30, 105, 70)
POINT = (70, 65, 75, 70)


def test_marks_are_told_in_reading_order(
    make_reader: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What they are made of is left out; the stand-in for lines would read it.
    monkeypatch.setattr(
        "tenfold.reader.reader.find_left_out",
        lambda _ink, _found: [Box(110, 65, 5, 5), Box(70, 65, 5, 5), Box(10, 48, 10, 4)],
    )
    model = SayingSigns("-.,")
    reader = make_reader()
    reader._sign_model = model  # type: ignore[assignment] # a stand-in
    found = reader.read(strokes(*ONES), layout="line")
    assert (found.text, found.transcript) == ("11", "-1.1,")
    places = [mark.box.x for mark in found.unread]
    assert places == sorted(places)
    assert len(model.asked) == 1


def test_where_nothing_is_left_out_nothing_is_asked(make_reader: Callable[..., Reader]) -> None:
    reader = make_reader()
    assert reader.read(strokes(*ONES), layout="line").transcript == "11"
    assert reader.sign_model.asked == []  # type: ignore[attr-defined] # a stand-in


def written(text: str) -> np.ndarray:
    """A text in a line font, black on white."""
    picture = np.full((110, 60 + 45 * len(text)), 255, np.uint8)
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(picture, text, (30, 80), font, 2.0, 0, 5, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize(
    ("text", "transcript"),
    [
        ("3.14", "3.14"),
        ("-7", "-7"),
        ("12/5", "12/5"),
        ("1+2=3", "1+2=3"),
        ("407A", "407?"),
        ("12,5", "12,5"),
        ("7'250", "7'250"),
    ],
)
def test_clear_signs_are_told(text: str, transcript: str) -> None:
    found = Reader().read(written(text))
    assert found.transcript == transcript
    assert found.text == "".join(filter(str.isdigit, text))


def test_texts_keep_the_signs_of_numbers_where_it_is_asked_for() -> None:
    picture = written("-3.14")
    kept = Reader(signs="keep").read(picture)
    assert (kept.text, kept.transcript, kept.left_out) == ("-3.14", "-3.14", ())
    assert Reader().read(picture).text == "314"
    with pytest.raises(InputError, match="signs 'some'; expected leave, keep"):
        Reader(signs="some")  # type: ignore[arg-type]


def test_it_travels_with_its_model() -> None:
    setup = ReaderSetup.of(Reader(signs="keep"))
    made = setup.make(Reader)
    assert made.signs == "keep"
    assert made.sign_model.content == load_bundled_signs().content
    assert ReaderSetup.of(made) == setup


def test_the_bundled_model_is_small_and_says_what_it_is() -> None:
    model = load_bundled_signs()
    assert isinstance(model, SignModel)
    assert (model.card.name, model.card.classes) == ("signs", SIGNS)
    assert len(model.content) < 400_000
    assert model.card.scores["count"] > 500
    # A point after a ring, as its probe shows.
    assert SIGNS[model.predict(probe_window())[0].argmax()] == "."
    assert repr(model) == "SignModel('signs')"
    assert tenfold.Reader().sign_model is load_bundled_signs(threads=Reader().model.threads)
