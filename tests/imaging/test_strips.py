"""Strips and cut-outs keep what belongs to a line or a digit, in its place."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold.imaging import Box
from tenfold.imaging.layout import Line
from tenfold.imaging.strips import DIGIT_HEIGHT, STRIP_HEIGHT, cut_digit, cut_strip


def plane(height: int = 120, width: int = 200) -> np.ndarray:
    return np.zeros((height, width), np.float32)


@pytest.mark.parametrize("height", [9, 27, 54, 90])
def test_a_strip_brings_digits_to_one_height(height: int) -> None:
    tone = plane(200, 300)
    tone[60 : 60 + height, 100:110] = 1
    strip = cut_strip(tone, Line(100, 110, 60 + height / 2, 0.0, height))
    assert strip.tone.shape[0] == STRIP_HEIGHT
    assert strip.tone.shape[1] % 4 == 0
    rows = np.flatnonzero(strip.tone.max(axis=1) > 0.5)
    assert rows[-1] + 1 - rows[0] == pytest.approx(DIGIT_HEIGHT, abs=2)
    assert (rows[0] + rows[-1] + 1) / 2 == pytest.approx(STRIP_HEIGHT / 2, abs=1)


def test_a_box_of_a_strip_is_found_again_on_the_plane() -> None:
    tone = plane()
    tone[30:80, 90:120] = 1
    strip = cut_strip(tone, Line(90, 120, 55, 0.0, 50))
    rows = np.flatnonzero(strip.tone.max(axis=1) > 0.5)
    columns = np.flatnonzero(strip.tone.max(axis=0) > 0.5)
    box = strip.box_of(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    for found, true in zip((box.x, box.y, box.width, box.height), (90, 30, 30, 50), strict=True):
        assert found == pytest.approx(true, abs=2)


def test_a_strip_follows_a_climbing_line() -> None:
    tone = plane(200, 400)
    for x in range(20, 380):
        y = round(150 - 0.25 * x)
        tone[y : y + 20, x] = 1
    strip = cut_strip(tone, Line(20, 380, 155, -0.25, 20))
    inked = strip.tone[:, 24:-24] > 0.5
    tops = inked.argmax(axis=0)
    assert tops.max() - tops.min() <= 3


def test_beyond_the_picture_is_paper() -> None:
    strip = cut_strip(np.ones((10, 10), np.float32), Line(0, 10, 5, 0.0, 10))
    assert strip.tone[:5].max() < 0.2
    assert strip.tone[20, strip.tone.shape[1] // 2] == pytest.approx(1, abs=1e-3)


def test_a_digit_is_cut_whole_and_without_its_neighbors() -> None:
    cover = plane()
    cover[20:70, 50:60] = 1
    cover[20:70, 70:80] = 1
    region = cut_digit(cover, Box(49, 22, 14, 40))
    assert region is not None
    assert region.box == Box(50, 20, 10, 50)
    assert region.ink.min() == 1


def test_a_touching_neighbor_is_cut_off_at_the_box() -> None:
    cover = plane()
    cover[20:70, 50:60] = 1
    cover[40:50, 60:62] = 1
    cover[20:70, 62:110] = 1
    region = cut_digit(cover, Box(50, 20, 12, 50))
    assert region is not None
    assert region.box.x == 50
    assert region.box.width == 12


def test_dust_is_left_out() -> None:
    cover = plane()
    cover[20:70, 50:60] = 1
    cover[22, 64] = 1
    region = cut_digit(cover, Box(48, 18, 20, 54))
    assert region is not None
    assert region.box == Box(50, 20, 10, 50)


@pytest.mark.parametrize("box", [Box(0, 0, 5, 5), Box(500, 500, 9, 9), Box(-50, -50, 10, 10)])
def test_no_ink_no_digit(box: Box) -> None:
    cover = plane()
    cover[50:60, 50:60] = 1
    assert cut_digit(cover, box) is None
