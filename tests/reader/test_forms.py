"""What surrounds a digit does not change what is read: frames, rules, dark edges, scale, polarity.

The models are the bundled ones; what is written is drawn here.
"""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tenfold.reader import Reader

READER = Reader()
SIDE = 160
INK, PAPER = 40, 215

# Strokes in a square from 0 to 1, y downwards.
STROKES = {
    "2": [[(0.1, 0.2), (0.35, 0.02), (0.75, 0.05), (0.85, 0.3), (0.5, 0.65), (0.05, 1), (0.95, 1)]],
    "4": [[(0.3, 0), (0.05, 0.6), (0.95, 0.55)], [(0.65, 0.3), (0.6, 1)]],
    "7": [[(0.05, 0.05), (0.9, 0), (0.4, 1)]],
}


def write(page: np.ndarray, digit: str, left: float, top: float, height: float) -> None:
    width = max(2, round(height / 12))
    for stroke in STROKES[digit]:
        points = np.array(stroke) * (0.62 * height, height) + (left, top)
        cv2.polylines(page, [np.rint(points).astype(np.int32)], False, INK, width, cv2.LINE_AA)


def page(
    digit: str | None = None, height: float = 70, x: float = 0.5, y: float = 0.5
) -> np.ndarray:
    paper = np.full((SIDE, SIDE), PAPER, np.uint8)
    if digit is not None:
        write(
            paper, digit, x * SIDE - 0.31 * height, (y - 0.5) * SIDE + (SIDE - height) / 2, height
        )
    return paper


def framed(paper: np.ndarray) -> np.ndarray:
    """With the lines of a cell along the rim."""
    cv2.rectangle(paper, (6, 7), (SIDE - 8, SIDE - 6), 60, 3, cv2.LINE_AA)
    return paper


def banded(paper: np.ndarray) -> np.ndarray:
    """Beside the dark of a desk."""
    paper[:, : SIDE // 7] = 35
    return paper


def ruled(paper: np.ndarray) -> np.ndarray:
    """Of a notebook, with its margin line."""
    for row in range(12, SIDE, 26):
        cv2.line(paper, (0, row), (SIDE, row), 165, 1, cv2.LINE_AA)
    cv2.line(paper, (SIDE // 6, 0), (SIDE // 6, SIDE), 120, 2, cv2.LINE_AA)
    return paper


SURROUNDINGS = {"frame": framed, "band": banded, "notebook": ruled}


@pytest.mark.parametrize("digit", sorted(STROKES))
@pytest.mark.parametrize("surroundings", sorted(SURROUNDINGS))
@pytest.mark.parametrize("bright", [False, True])
def test_surroundings_do_not_change_what_is_read(
    digit: str, surroundings: str, bright: bool
) -> None:
    picture = SURROUNDINGS[surroundings](page(digit))
    assert READER.read(255 - picture if bright else picture).text == digit


@pytest.mark.parametrize(("x", "y"), [(0.26, 0.5), (0.74, 0.5), (0.5, 0.3), (0.5, 0.7)])
def test_a_digit_is_read_at_every_side_of_its_frame(x: float, y: float) -> None:
    for digit in STROKES:
        assert READER.read(framed(page(digit, x=x, y=y))).text == digit


def test_a_digit_is_read_at_twelve_scales() -> None:
    large = page("2")
    for side in np.geomspace(28, 1600, 12):
        way = cv2.INTER_AREA if side < SIDE else cv2.INTER_CUBIC
        assert (
            READER.read(cv2.resize(large, (round(side), round(side)), interpolation=way)).text
            == "2"
        )


@pytest.mark.parametrize("bright", [False, True])
def test_an_empty_frame_reads_nothing(bright: bool) -> None:
    for surround in SURROUNDINGS.values():
        empty = surround(page())
        assert READER.read(255 - empty if bright else empty).text == ""
