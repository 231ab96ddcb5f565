"""How readings, models and runs show themselves in a notebook."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from tenfold.display import facts, sparkline
from tenfold.errors import RunError
from tenfold.imaging import Box
from tenfold.language import set_language
from tenfold.models import load_bundled
from tenfold.reader import Digit, Reading
from tenfold.records import Run


class Balance(HTMLParser):
    """Fails on an element that is not closed, or closed twice."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing stays open."""


def digit_of(label: int, *, accepted: bool = True, line: int = 0) -> Digit:
    placed = np.zeros((28, 28), np.float32)
    placed[10:18, 12:16] = 1
    probabilities = np.eye(10, dtype=np.float32)[label] * 0.9 + 0.01
    return Digit(probabilities, Box(0, 0, 9, 9), placed, accepted=accepted, line=line)


def reading_of(*labels: int) -> Reading:
    return Reading(tuple(map(digit_of, labels)))


def test_a_reading_as_html() -> None:
    html = reading_of(4, 2)._repr_html_()
    Balance(html)
    assert ">42</strong>" in html
    assert html.count("<img") == 2
    assert "<strong>2</strong> 91.0%" in html
    assert 'alt="the digit as the model saw it, read as 4"' in html


def test_a_reading_as_a_picture() -> None:
    png = reading_of(4, 2)._repr_png_()
    assert png is not None
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    assert image.shape == (156, 236)
    assert image[4 * 12, 4 * 13] == 255  # the ink of the first digit
    assert image[4, 4] == 0  # its ground
    assert image[112:].min() < 100  # words below


def test_lines_stand_in_rows_of_their_own() -> None:
    reading = Reading((digit_of(4), digit_of(2), digit_of(7, line=1)))
    html = reading._repr_html_()
    Balance(html)
    assert ">42<br>7</strong>" in html
    assert html.count("display:flex") == 2
    png = reading._repr_png_()
    assert png is not None
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    assert image.shape == (312, 236)
    assert image[156 + 4 * 12, 4 * 13] == 255  # the ink of the second line's digit
    assert image[156:268, 124:].min() == 255  # beside it is nothing


def test_refused_digits_are_shown_as_refused() -> None:
    html = Reading((digit_of(4), digit_of(2, accepted=False)))._repr_html_()
    Balance(html)
    assert ">4</strong>" in html
    assert html.count("refused</figcaption>") == 1
    assert 'alt="what the model saw, refused as a digit"' in html
    nothing = Reading((digit_of(2, accepted=False),))._repr_html_()
    assert "No digit was accepted." in nothing


def test_a_refused_digit_differs_in_the_picture_too() -> None:
    pictures = [
        cv2.imdecode(
            np.frombuffer(Reading((digit_of(2, accepted=yes),))._repr_png_() or b"", np.uint8),
            cv2.IMREAD_GRAYSCALE,
        )
        for yes in (True, False)
    ]
    captions = [picture[112:] for picture in pictures if picture is not None]
    assert captions[0].min() < 60 < captions[1].min() < 200


def test_a_reading_without_digits() -> None:
    empty = Reading()
    assert empty._repr_html_() == "<div>No digit was found.</div>"
    assert empty._repr_png_() is None


def test_a_page_full_of_digits_shows_the_first() -> None:
    html = reading_of(*[7] * 60)._repr_html_()
    assert html.count("<img") == 50
    assert "and 10 more" in html


def test_a_model_as_html() -> None:
    model = load_bundled("cnn-deep")
    html = model._repr_html_()
    Balance(html)
    assert f"Model {model.card.name}" in html
    assert str(model.card.data["sha256"]) in html
    set_language("zh")
    try:
        assert f"模型 {model.card.name}" in model._repr_html_()
    finally:
        set_language(None)


def test_a_run_as_html_at_every_stage(tmp_path: Path, make_run: Callable[..., Run]) -> None:
    nothing = Run(tmp_path / "nothing")._repr_html_()
    assert "not started" in nothing
    unfinished = make_run(tmp_path / "a", finished=False)._repr_html_()
    assert "not finished" in unfinished
    finished = make_run(tmp_path / "b", errors=3)._repr_html_()
    Balance(finished)
    assert "accuracy 99.70%, loss 0.0500" in finished
    assert finished.count("<polyline") == 2
    (tmp_path / "b" / "history.jsonl").write_text("x", encoding="utf-8")
    with pytest.raises(RunError, match="is damaged"):
        Run(tmp_path / "b")._repr_html_()


def test_words_are_escaped() -> None:
    html = facts("<b>", [("<i>", "<u>"), ("left out", "")])
    assert "&lt;b&gt;" in html
    assert "&lt;i&gt;" in html
    assert "&lt;u&gt;" in html
    assert "left out" not in html


def test_a_sparkline_goes_from_corner_to_corner() -> None:
    assert 'points="4.0,40.0 216.0,4.0"' in sparkline([1.0, 2.0], "loss", "red")
    assert 'points="4.0,40.0 216.0,4.0"' in sparkline([1.0, None, 2.0], "loss", "red")
    assert sparkline([None, float("nan")], "loss", "red") == ""
    Balance(sparkline([3.0], '"<loss>"', "red"))


def test_looks_need_no_figures() -> None:
    code = (
        "import sys, tenfold; from tenfold.models import load_bundled;"
        "from tenfold.records import Run;"
        "load_bundled()._repr_html_(); Run('x')._repr_html_(); tenfold.Reading()._repr_html_();"
        "assert not {'matplotlib', 'torch'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
