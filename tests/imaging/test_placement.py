"""Placement the MNIST way, pinned by drawn shapes and held by properties."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold.errors import InputError
from tenfold.imaging import Box, Placement, find_ink, open_picture, place
from tenfold.imaging.strips import cut_digit

# Strokes in a box of 100 x 100, drawn for these tests.
STROKES = {
    1: [[(55, 0), (45, 100)]],
    2: [[(10, 25), (35, 0), (75, 5), (85, 30), (60, 60), (10, 100), (90, 97)]],
    4: [[(35, 0), (5, 60), (95, 55)], [(65, 25), (60, 100)]],
    7: [[(5, 5), (90, 0), (55, 50), (40, 100)]],
}


def drawn(digit: int, side: int, margin: tuple[int, int, int, int], pen: float = 0.1) -> np.ndarray:
    """Black on white, uint8: strokes ``side`` high with left, top, right, bottom margins."""
    left, top, right, bottom = margin
    plane = np.full((top + side + bottom, left + side + right), 255, np.uint8)
    for stroke in STROKES[digit]:
        points = np.array(stroke) * (side / 100) + (left, top)
        cv2.polylines(
            plane,
            [np.round(points * 16).astype(np.int32)],
            isClosed=False,
            color=0,
            thickness=max(1, round(pen * side)),
            lineType=cv2.LINE_AA,
            shift=4,
        )
    return plane


def ink_of(picture: np.ndarray) -> np.ndarray:
    """The ink of the picture's only digit, cut to its box."""
    cover = find_ink(open_picture(picture).gray).cover
    region = cut_digit(cover, Box(0, 0, *cover.shape[::-1]))
    assert region is not None
    return region.ink


def placed(picture: np.ndarray) -> np.ndarray:
    return place(ink_of(picture))


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Of two placed digits, the summed difference as a part of the ink of the first.

    The center of mass is rounded to whole pixels, which may fall to either side: the nearest of
    the nine shifts counts.
    """
    shifts = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return min(float(np.abs(a - np.roll(b, s, (0, 1))).sum() / a.sum()) for s in shifts)


def center_of_mass(image: np.ndarray) -> np.ndarray:
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]]
    return np.array([(image * rows).sum(), (image * columns).sum()]) / image.sum()


# Made by this code on 2026-11-22 from the strokes above and checked by eye. A character is a pixel:
# "." is 0, then hexadecimal in fifteenths of full ink.
GOLDEN = {
    4: [
        "............................",
        "............................",
        "............................",
        "............................",
        "...........6d2..............",
        "..........1ef3..............",
        "..........8fb...............",
        ".........1ef4...............",
        ".........7fc.....61.........",
        "........1ef4....5f9.........",
        "........7fc.....7f9.........",
        ".......1ef5.....8f8.........",
        ".......7fc......9f7.........",
        "......1ef5......af6.112.....",
        "......7fe67789abefeeeffb....",
        "......dfffffffffffffffe8....",
        "......7cbaa98765df5211......",
        "................df2.........",
        "................ef1.........",
        "...............1ff..........",
        "...............1fe..........",
        "...............2fd..........",
        "...............3fc..........",
        "...............1d7..........",
        "............................",
        "............................",
        "............................",
        "............................",
    ],
    7: [
        "............................",
        "............................",
        "............................",
        "............................",
        "............................",
        "............................",
        "............................",
        "............................",
        "......1123456789aabcd9......",
        ".....9fffffffffffffffd......",
        ".....afeedcba987768ff5......",
        "......1..........1df9.......",
        ".................8fd1.......",
        "................4ff4........",
        "...............1df8.........",
        "...............9fc..........",
        "..............5ff3..........",
        ".............1ef7...........",
        ".............5fc............",
        ".............af7............",
        ".............ef3............",
        "............3fd.............",
        "............8f9.............",
        "............cf5.............",
        "...........2fe1.............",
        "...........6fb..............",
        "...........af6..............",
        "...........7c1..............",
    ],
}


@pytest.mark.parametrize("digit", GOLDEN)
def test_golden_placements(digit: int) -> None:
    golden = [[int(pixel.replace(".", "0"), 16) / 15 for pixel in row] for row in GOLDEN[digit]]
    image = placed(drawn(digit, 150, (40, 10, 90, 60)))
    assert np.abs(image - golden).max() < 1.5 / 15


def test_a_bar_is_placed_exactly() -> None:
    # By hand: 8 x 40 solid ink becomes 4 x 20; the middle of rows 4 .. 23 and columns 12 .. 15
    # is 13.5, within half a pixel of 14: so lie the centers of all of MNIST's own images.
    expected = np.zeros((28, 28), np.float32)
    expected[4:24, 12:16] = 1
    assert np.array_equal(place(np.ones((40, 8), np.float32)), expected)


def test_an_uneven_shape_is_centered_by_mass_not_by_box() -> None:
    # By hand: an L of 20 x 20, a bar of 4 x 20 and a foot of 16 x 4. Mass 80 at (9.5, 1.5) and
    # 64 at (17.5, 11.5): center (13.06, 5.94), so the corner goes to row 1 and column 8.
    ink = np.zeros((20, 20), np.float32)
    ink[:, :4] = 1
    ink[16:, 4:] = 1
    expected = np.zeros((28, 28), np.float32)
    expected[1:21, 8:28] = ink
    assert np.array_equal(place(ink), expected)


def test_a_lopsided_shape_stays_inside() -> None:
    ink = np.full((20, 20), 0.01, np.float32)
    ink[:, :2] = 1
    result = place(ink)
    assert result.sum() == pytest.approx(ink.sum(), rel=1e-5)
    assert result[4:24, 8:10].min() == 1


@pytest.mark.parametrize("digit", STROKES)
def test_drawn_digits_fit_the_box_with_mass_in_the_middle(digit: int) -> None:
    image = placed(drawn(digit, 150, (40, 10, 90, 60)))
    rows, columns = np.nonzero(image)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert np.abs(center_of_mass(image) - 14).max() <= 0.51
    assert image.max() > 0.9


@pytest.mark.parametrize("digit", STROKES)
def test_what_is_placed_stays_as_it_is(digit: int) -> None:
    once = placed(drawn(digit, 100, (30, 30, 30, 30)))
    again = placed(once)
    assert np.abs(once - again).max() < 0.1


@settings(max_examples=40, deadline=None)
@given(
    digit=st.sampled_from(sorted(STROKES)),
    margin=st.tuples(*[st.integers(8, 120)] * 4),
    inverted=st.booleans(),
)
def test_moving_framing_and_inverting_change_little(
    digit: int, margin: tuple[int, int, int, int], inverted: bool
) -> None:
    reference = placed(drawn(digit, 100, (30, 30, 30, 30)))
    picture = drawn(digit, 100, margin)
    assert difference(reference, placed(255 - picture if inverted else picture)) < 0.02


@settings(max_examples=40, deadline=None)
@given(digit=st.sampled_from(sorted(STROKES)), side=st.integers(80, 900))
def test_scaling_changes_little(digit: int, side: int) -> None:
    # The width and height of the placed ink are whole pixels, so a size between two may give
    # either: a third of the ink's sum at worst, where another digit differs by more than all of it.
    large = drawn(digit, 600, (180, 180, 180, 180))
    scaled = cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA)
    assert difference(placed(large), placed(scaled)) < 0.35


def test_the_difference_tells_digits_apart() -> None:
    images = [placed(drawn(digit, 100, (30, 30, 30, 30))) for digit in STROKES]
    pairs = [(a, b) for a in images for b in images if a is not b]
    assert min(difference(a, b) for a, b in pairs) > 0.9


@settings(max_examples=20, deadline=None)
@given(digit=st.sampled_from(sorted(STROKES)), light=st.floats(0.5, 1), ink=st.integers(0, 120))
def test_light_and_paleness_change_little(digit: int, light: float, ink: int) -> None:
    picture = drawn(digit, 100, (30, 30, 30, 30))
    reference = placed(picture)
    pale = ink + picture * ((255 - ink) / 255)
    lit = pale * np.linspace(1, light, pale.shape[1])
    assert difference(reference, placed(np.round(lit).astype(np.uint8))) < 0.1


def test_hairlines_are_widened_and_broad_strokes_are_not() -> None:
    hair = placed(drawn(7, 400, (60, 60, 60, 60), pen=0.01))
    assert np.sort(hair.ravel())[-20:].min() > 0.6
    broad = drawn(7, 400, (60, 60, 60, 60), pen=0.1)
    ink = ink_of(broad)
    assert np.array_equal(place(ink), place(ink, Placement(thinnest=0)))


@pytest.mark.parametrize("shape", [(1, 1), (1, 1600), (1600, 1), (3, 2)])
def test_degenerate_shapes_are_placed(shape: tuple[int, int]) -> None:
    image = place(np.ones(shape, np.float32))
    assert image.shape == (28, 28)
    assert image.sum() > 0
    assert image.max() <= 1


def test_no_ink_gives_an_empty_square() -> None:
    assert not place(np.zeros((5, 5), np.float32)).any()


def test_constants_travel_as_plain_data() -> None:
    custom = Placement(size=32, box=24, thinnest=0)
    assert Placement.from_dict(json.loads(json.dumps(custom.to_dict()))) == custom
    assert Placement.from_dict({}) == Placement(size=28, box=20, thinnest=1.6)
    image = place(np.ones((9, 9), np.float32), custom)
    assert image.shape == (32, 32)
    assert image.sum() == 24 * 24


@pytest.mark.parametrize(
    "values",
    [
        {"size": 7},
        {"size": 513},
        {"size": 28.0},
        {"size": True},
        {"box": 29},
        {"box": "20"},
        {"box": None},
        {"thinnest": -1},
        {"thinnest": float("nan")},
        {"thinnest": 11},
    ],
)
def test_constants_out_of_range_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(InputError, match="Received a placement of size"):
        Placement.from_dict(values)


def test_unknown_constants_are_named() -> None:
    with pytest.raises(InputError, match="Received slant in a placement; expected size, box, thin"):
        Placement.from_dict({"slant": 1})
