"""What first_weights, activations, saliency and digit_map show, and what they refuse."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from tenfold.errors import InputError
from tenfold.figures._style import BLUE, LINE, RED
from tenfold.figures._tiles import diverging, reach, rising, tiled
from tenfold.figures.activations import activations
from tenfold.figures.digit_map import COLORS, digit_map
from tenfold.figures.first_weights import first_weights
from tenfold.figures.saliency import saliency

PICTURE = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)
ANSWER = np.eye(10)[3]


def test_tiles_are_framed_and_keep_their_order() -> None:
    pictures = np.array([[[1.0, -1.0]], [[0.0, 1.0]], [[-1.0, 0.0]]])
    sheet = tiled(pictures, diverging(1.0), columns=2, gap=1.0)
    assert sheet.shape == (5, 7, 3)
    for at, color in {(1, 1): BLUE, (1, 2): RED, (3, 1): RED, (0, 0): LINE, (1, 3): LINE}.items():
        assert sheet[at] == pytest.approx(to_rgb(color), abs=0.01)
    for at in ((1, 4), (3, 2), (3, 5)):  # zeros, and where no picture is left
        assert sheet[at] == pytest.approx(1.0, abs=0.01)


def test_pictures_three_pixels_wide_are_no_colors() -> None:
    sheet = tiled(np.full((2, 3, 3), 5.0), rising(5.0), columns=2, gap=0.34)
    assert sheet.shape == (5, 9, 3)
    assert sheet[1, 1] == pytest.approx(to_rgb("#00304D"), abs=0.01)


def test_a_scale_never_ends_at_zero() -> None:
    assert reach(np.zeros(5)) == 1
    assert reach(np.array([0.0] * 999 + [-3.0])) == 3
    assert reach(np.linspace(-2, 2, 2001)) == pytest.approx(1.99)


def test_weights_say_how_many_there_are() -> None:
    figure = first_weights(np.random.default_rng(0).normal(size=(100, 28, 28)))
    assert figure.get_suptitle() == "Weights of the first layer: the first 64 of 100 of 28×28"
    figure = first_weights(np.ones((8, 3, 3)))
    assert figure.get_suptitle() == "Weights of the first layer: 8 of 3×3"
    assert len(figure.axes) == 2  # the weights and their scale


@pytest.mark.parametrize("weights", [np.zeros((1, 1, 1)), np.full((3, 5, 5), 1e99)])
def test_strange_weights_are_drawn(weights: Any) -> None:
    first_weights(weights).draw_without_rendering()


@pytest.mark.parametrize(
    ("weights", "most"),
    [
        (np.ones((0, 3, 3)), 64),
        (np.ones((8, 784)), 64),
        (np.full((8, 3, 3), np.nan), 64),
        (np.full((8, 3, 3), 1e200), 64),
        (np.ones((8, 3, 3), complex), 64),
        (None, 64),
        (np.ones((8, 3, 3)), 0),
        (np.ones((8, 3, 3)), 1025),
    ],
)
def test_wrong_weights_are_refused(weights: Any, most: Any) -> None:
    with pytest.raises(InputError):
        first_weights(weights, most)


def test_each_layer_has_its_row_from_input_to_answer() -> None:
    outputs = [
        ("Conv", np.ones((20, 26, 26))),
        ("Dense", np.linspace(-1, 1, 70)),
        ("Logits", ANSWER * 9),
        ("Softmax", ANSWER),
    ]
    figure = activations(PICTURE, outputs)
    tops = [axes.get_position().y1 for axes in figure.axes]
    assert len(tops) == 5
    assert tops == sorted(tops, reverse=True)
    words = [text.get_text() for text in figure.texts]
    assert words == [
        "Input",
        "1 × 28 × 28",
        "Conv",
        "20 × 26 × 26, first 16",
        "Dense",
        "70 units",
        "Logits",
        "10 units",
        "Softmax",
        "probability of each digit",
    ]
    answer = figure.axes[-1]
    assert [bar.get_height() for bar in answer.patches] == ANSWER.tolist()
    assert answer.texts[0].get_text() == "100.00%"


def test_rows_do_not_overlap() -> None:
    outputs = {str(at): np.ones((at + 1, 9 - at, 9 - at)) for at in range(8)} | {"u": [1.0] * 600}
    figure = activations(PICTURE / 255, outputs)
    figure.draw_without_rendering()
    boxes = [axes.get_window_extent() for axes in figure.axes]
    for above, below in itertools.pairwise(boxes):
        assert below.y1 < above.y0


@pytest.mark.parametrize(
    ("image", "outputs"),
    [
        (PICTURE[:27], []),
        (PICTURE / 100, []),
        (np.full((28, 28), np.nan), []),
        (None, []),
        (PICTURE, None),
        (PICTURE, "Dense"),
        (PICTURE, [3]),
        (PICTURE, ["ab"]),
        (PICTURE, [("Dense", "high")]),
        (PICTURE, [("Dense", [])]),
        (PICTURE, [("Dense", [[1], [1, 2]])]),
        (PICTURE, [("Dense", np.ones((2, 2)))]),
        (PICTURE, [("Dense", [np.inf])]),
        (PICTURE, [("Dense", [1.0])] * 51),
        (PICTURE, [("Conv", np.ones((2, 1500, 1500)))]),
    ],
)
def test_wrong_activations_are_refused(image: Any, outputs: Any) -> None:
    with pytest.raises(InputError):
        activations(image, outputs)


def test_saliency_shows_the_picture_and_the_slopes() -> None:
    slopes = np.random.default_rng(1).normal(size=(28, 28))
    figure = saliency(PICTURE, slopes, 7, 0.9876)
    left, right, _scale = figure.axes
    np.testing.assert_allclose(left.images[0].get_array(), PICTURE / 255)
    np.testing.assert_array_equal(right.images[0].get_array(), slopes)
    low, high = right.images[0].get_clim()
    assert low == -high
    assert left.get_title(loc="left") == "Probability of a 7: 98.76%"
    assert right.get_title(loc="left") == "What ink does to the 7"


def test_a_blank_picture_without_slopes_is_drawn() -> None:
    saliency(np.zeros((28, 28)), np.zeros((28, 28)), 0).draw_without_rendering()


@pytest.mark.parametrize(
    ("image", "gradient", "digit", "confidence"),
    [
        (PICTURE, np.zeros((28, 27)), 3, None),
        (PICTURE, np.full((28, 28), np.inf), 3, None),
        (PICTURE[0], np.zeros((28, 28)), 3, None),
        (PICTURE, np.zeros((28, 28)), 10, None),
        (PICTURE, np.zeros((28, 28)), "3", None),
        (PICTURE, np.zeros((28, 28)), 3, 98.0),
        (PICTURE, np.zeros((28, 28)), 3, float("nan")),
        (PICTURE, np.zeros((28, 28)), 3, "sure"),
    ],
)
def test_wrong_saliency_is_refused(image: Any, gradient: Any, digit: Any, confidence: Any) -> None:
    with pytest.raises(InputError):
        saliency(image, gradient, digit, confidence)


PLACES = np.random.default_rng(2).normal(size=(60, 2)) + np.repeat(np.arange(10), 6)[:, None] * 8
DIGITS = np.repeat(np.arange(10), 6)


def test_each_point_has_its_class_color_and_each_class_its_name() -> None:
    figure = digit_map(PLACES, DIGITS, method="PCA")
    axes = figure.axes[0]
    (points,) = axes.collections
    np.testing.assert_allclose(points.get_offsets(), PLACES)
    expected = [to_rgb(COLORS[digit]) for digit in DIGITS]
    np.testing.assert_allclose(points.get_facecolors()[:, :3], expected)
    assert figure.get_suptitle() == "60 digits on a plane (PCA)"
    for digit, name in enumerate(axes.texts):
        assert name.get_text() == str(digit)
        nearest = np.linalg.norm(PLACES - name.get_position(), axis=1).argmin()
        assert DIGITS[nearest] == digit


def test_ten_colors_differ() -> None:
    assert len(set(COLORS)) == 10


def test_a_class_in_two_clusters_is_named_in_the_larger() -> None:
    places = np.array([[0.0, 0.0]] * 3 + [[10.0, 0.0]] * 9)
    axes = digit_map(places, [1] * 12).axes[0]
    assert axes.texts[0].get_position()[0] == 10


def test_thumbnails_do_not_overlap_and_hide_their_points() -> None:
    images = np.repeat(PICTURE[None], 60, axis=0)
    figure = digit_map(PLACES, DIGITS, images)
    axes = figure.axes[0]
    extents = [image.get_extent() for image in axes.images]
    assert 10 < len(extents) < 60
    centers = np.array([[(e[0] + e[1]) / 2, (e[2] + e[3]) / 2] for e in extents])
    side = extents[0][1] - extents[0][0]
    apart = np.abs(centers[:, None] - centers[None]).max(axis=2)
    assert apart[~np.eye(len(apart), dtype=bool)].min() >= side * 0.999
    for place in axes.collections[0].get_offsets():
        assert np.abs(centers - place).max(axis=1).min() >= side / 2 * 0.999
    low, high = axes.get_xlim()
    assert low < PLACES[:, 0].min() < PLACES[:, 0].max() < high


def test_the_picture_is_marked() -> None:
    axes = digit_map(PLACES, DIGITS, mark=[3.0, 4.0]).axes[0]
    assert axes.lines[0].get_xydata().tolist() == [[3.0, 4.0]]
    assert "your picture" in [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("places", [np.zeros((5, 2)), np.full((5, 2), 1e99), np.ones((1, 2))])
def test_points_in_one_place_are_drawn(places: Any) -> None:
    digit_map(places, [1] * len(places)).draw_without_rendering()


@pytest.mark.parametrize(
    ("points", "digits", "thumbnails", "mark"),
    [
        (PLACES[:, :1], DIGITS, None, None),
        (PLACES[:0], DIGITS[:0], None, None),
        (PLACES, DIGITS[:-1], None, None),
        (PLACES, DIGITS + 1, None, None),
        (PLACES * np.nan, DIGITS, None, None),
        (PLACES, DIGITS, PICTURE[None], None),
        (PLACES, DIGITS, None, [1, 2, 3]),
        (PLACES, DIGITS, None, "here"),
        (np.zeros((70_001, 2)), np.zeros(70_001, int), None, None),
    ],
)
def test_a_wrong_map_is_refused(points: Any, digits: Any, thumbnails: Any, mark: Any) -> None:
    with pytest.raises(InputError):
        digit_map(points, digits, thumbnails, mark)
