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
    erase_rules,
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


@pytest.mark.parametrize("row", [60, 150, 240])
def test_a_rule_across_the_page_is_no_line(row: int) -> None:
    gray = page()
    for x in (40, 80, 200):
        write(gray, x, 100 if row != 150 else 40)
    alone = lines_of(gray)
    cv2.line(gray, (0, row), (399, row), 0.2, 2)
    assert len(lines_of(gray)) == len(alone) == 1


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


def test_the_borders_of_a_cell_are_erased_and_its_digit_kept() -> None:
    gray = page(72, 72)
    write(gray, 22, 12, 48, 28)
    whole = find_ink(gray, False).tone.sum()
    cv2.line(gray, (70, 0), (70, 71), 0.1, 2)
    cv2.line(gray, (0, 70), (71, 70), 0.1, 2)
    erased = erase_rules(find_ink(gray, False))
    assert erased.tone[:, 66:].max() < 0.2
    assert erased.cover[:, 66:].max() == 0
    assert erased.tone.sum() == pytest.approx(whole, rel=0.1)


def test_a_1_as_high_as_its_neighbors_is_no_border() -> None:
    gray = page(44, 160)
    cv2.line(gray, (1, 2), (1, 41), 0.1, 3)
    write(gray, 40, 2)
    write(gray, 90, 2)
    ink = find_ink(gray)
    assert erase_rules(ink) is ink
    alone = page(44, 60)
    cv2.line(alone, (1, 0), (1, 43), 0.1, 3)
    assert erase_rules(find_ink(alone)).tone.max() == 1


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 0.7))
@settings(max_examples=60, deadline=None)
def test_parts_are_labeled_as_on_the_whole_plane(seed: int, share: float) -> None:
    """Only where there is ink, but in the order that OpenCV gives them in the whole plane."""
    rng = np.random.default_rng(seed)
    mask = np.zeros(rng.integers(1, 60, 2), np.uint8)
    top, left = (rng.integers(0, side) for side in mask.shape)
    inside = mask[top:, left:]
    inside[:] = rng.random(inside.shape) < share
    labels, stats = _labeled(mask)
    _count, expected, all_stats, _centers = cv2.connectedComponentsWithStats(mask, connectivity=8)
    np.testing.assert_array_equal(labels, expected)
    np.testing.assert_array_equal(stats, all_stats[1:])
