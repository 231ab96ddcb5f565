"""What first_images and predictions show, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tenfold.errors import InputError
from tenfold.figures.first_images import first_images
from tenfold.figures.predictions import predictions

IMAGES = np.random.default_rng(0).integers(0, 256, (30, 28, 28), dtype=np.uint8)
LABELS = np.arange(30) % 10


def sure(labels: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    rows = np.full((len(labels), 10), 0.01)
    rows[np.arange(len(labels)), labels] = 0.91
    return rows


def filled(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.images]


@pytest.mark.parametrize("side", [1, 3, 5])
def test_the_first_images_in_order_with_their_labels(side: int) -> None:
    axes = filled(first_images(IMAGES, LABELS, side))
    assert len(axes) == side * side
    for at, one in enumerate(axes):
        assert one.get_title() == str(LABELS[at])
        np.testing.assert_array_equal(one.images[0].get_array(), IMAGES[at])
        assert one.images[0].get_clim() == (0, 255)


def test_with_fewer_images_places_stay_empty() -> None:
    figure = first_images(IMAGES[:2], None)
    assert len(filled(figure)) == 2
    assert not any(axes.axison for axes in figure.axes)


@pytest.mark.parametrize("side", [0, -1, 21, 2.0, "3", None])
def test_a_wrong_side_is_refused(side: Any) -> None:
    with pytest.raises(InputError, match="whole number from 1 to 20"):
        first_images(IMAGES, LABELS, side)


def test_under_each_image_true_predicted_and_probability() -> None:
    predicted = LABELS.copy()
    predicted[[4, 7]] = 0
    figure = predictions(IMAGES, LABELS, sure(predicted))
    axes = filled(figure)
    assert len(axes) == 25
    for at, one in enumerate(axes):
        words = f"true {LABELS[at]}, predicted {predicted[at]}\n91.00%"
        wrong = at in (4, 7)
        assert one.get_xlabel() == ("✗ " + words if wrong else words)
        assert {spine.get_linewidth() for spine in one.spines.values()} == {3 if wrong else 1}
        np.testing.assert_array_equal(one.images[0].get_array(), IMAGES[at])
    assert figure.get_suptitle() == "23 of 25 read correctly"


def test_without_labels_nothing_is_called_wrong() -> None:
    figure = predictions(IMAGES[:1], None, sure(LABELS[:1]))
    assert filled(figure)[0].get_xlabel() == "predicted 0\n91.00%"
    assert figure.get_suptitle() == ""


@pytest.mark.parametrize("count", [2, 7, 30])
def test_any_number_of_images_up_to_the_grid(count: int) -> None:
    figure = predictions(IMAGES[:count], LABELS[:count], sure(LABELS[:count]))
    assert len(filled(figure)) == min(count, 25)


BAD_IMAGES = [
    IMAGES[:0],
    IMAGES[0],
    IMAGES / 255,
    IMAGES.reshape(-1, 784),
    [[1], [1, 2]],
    "text",
    None,
    [object()],
]


@pytest.mark.parametrize("images", BAD_IMAGES)
def test_wrong_images_are_refused(images: Any) -> None:
    with pytest.raises(InputError):
        first_images(images, None)
    with pytest.raises(InputError):
        predictions(images, None, sure(LABELS))


@pytest.mark.parametrize(
    "labels", [LABELS[:3], LABELS + 1, LABELS - 1, LABELS.astype(float), "7", [[1]] * 30]
)
def test_wrong_labels_are_refused(labels: Any) -> None:
    with pytest.raises(InputError):
        first_images(IMAGES, labels)
    with pytest.raises(InputError):
        predictions(IMAGES, labels, sure(LABELS))


@pytest.mark.parametrize(
    "bad",
    [
        np.full(10, np.nan),
        np.full(10, np.inf),
        np.full(10, 0.2),
        np.zeros(10),
        np.array([2.0, -1.0] + [0.0] * 8),
        np.array([1e308, -1e308] + [0.1] * 8),
    ],
)
def test_rows_that_are_no_probabilities_are_named(bad: npt.NDArray[np.float64]) -> None:
    rows = sure(LABELS)
    rows[6] = bad
    with pytest.raises(InputError, match="Row 6"):
        predictions(IMAGES, LABELS, rows)


def test_the_wrong_number_of_rows_is_refused() -> None:
    with pytest.raises(InputError, match=r"expected float \[30, 10\]"):
        predictions(IMAGES, LABELS, sure(LABELS)[:5])


def test_half_precision_is_accepted() -> None:
    rows = sure(LABELS).astype(np.float16)
    assert len(filled(predictions(IMAGES, LABELS, rows))) == 25
