"""Lines are found where strokes stand side by side, whatever else is on the page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold.imaging import find_ink
from tenfold.imaging.layout import (
    Line,
    _labeled,
    find_lines,
    picture_line,
    whole_line,
)


def page(height: int = 300, width: int = 400) -> np.ndarray:
    return np.ones((height, width), np.float32)


def write(gray: np.ndarray, x: int, y: int, height: int = 40, width: int = 24) -> None:
    """Draw a ring like a 0 with its top left corner at (x, y)."""
    middle, axes = (x + width // 2, y + height // 2), (width // 2 - 2, height // 2 - 2)
    cv2.ellipse(gray, middle, axes, 0, 0, 360, 0.1, 4, cv2.LINE_AA)


def lines_of(gray: np.ndarray) -> tuple[Line, ...]:
    return find_lines(find_ink(gray))


def test_blank_paper_has_no_line() -> None:
    ink = find_ink(page())
    assert find_lines(ink) == ()
    assert whole_line(ink) is None


def test_digits_side_by_side_are_one_line() -> None:
    gray = page()
    for x in (40, 80, 200, 330):
        write(gray, x, 100)
    (line,) = lines_of(gray)
    assert line.left == pytest.approx(40, abs=4)
    assert line.right == pytest.approx(354, abs=4)
    assert line.middle == pytest.approx(120, abs=4)
    assert line.height == pytest.approx(40, abs=5)
    assert abs(line.slope) < 0.02


def test_rows_are_lines_from_top_to_bottom() -> None:
    gray = page()
    for y in (190, 20, 105):
        for x in (40, 90, 150):
            write(gray, x, y)
    assert [line.middle for line in lines_of(gray)] == pytest.approx([40, 125, 210], abs=4)


def test_a_climbing_line_is_followed() -> None:
    gray = page()
    for number in range(6):
        write(gray, 40 + 55 * number, 200 - 8 * number)
    (line,) = lines_of(gray)
    assert line.slope == pytest.approx(-8 / 55, abs=0.02)
    assert line.height == pytest.approx(40, abs=6)


def test_dots_and_low_strokes_found_no_line_but_belong_to_one() -> None:
    gray = page()
    write(gray, 100, 100)
    cv2.rectangle(gray, (128, 134), (132, 138), 0.1, -1)
    write(gray, 150, 100)
    assert len(lines_of(gray)) == 1


def test_all_strokes_together_and_the_whole_picture() -> None:
    gray = page()
    write(gray, 100, 50)
    write(gray, 100, 150)
    ink = find_ink(gray)
    together = whole_line(ink)
    assert together is not None
    assert (together.left, together.right) == (pytest.approx(100, abs=4), pytest.approx(124, abs=4))
    assert together.height == pytest.approx(140, abs=6)
    assert (picture_line(ink).left, picture_line(ink).right) == (0, 400)


def test_noise_is_grouped_in_little_time() -> None:
    rng = np.random.default_rng(0)
    gray = (rng.random((600, 600)) < 0.5).astype(np.float32)
    assert len(lines_of(gray)) < 3000


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 0.7))
@settings(max_examples=60, deadline=None)
def test_parts_are_labeled_as_on_the_whole_plane(seed: int, share: float) -> None:
    """Only where there is ink, but in the order that OpenCV gives them in the whole plane."""
    rng = np.random.default_rng(seed)
    mask = np.zeros(rng.integers(1, 60, 2), np.uint8)
    top, left = (rng.integers(0, side) for side in mask.shape)
    inside = mask[top:, left:]
    inside[:] = rng.random(inside.shape) < share
    _count, _labels, expected, _centers = cv2.connectedComponentsWithStats(mask, connectivity=8)
    np.testing.assert_array_equal(_labeled(mask), expected[1:])
