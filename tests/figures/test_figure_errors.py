"""What worst_errors and confused_pairs show, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tenfold.errors import InputError
from tenfold.figures.confused_pairs import confused_pairs
from tenfold.figures.worst_errors import worst_errors

IMAGES = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype=np.uint8)
LABELS = np.arange(40) % 10


def rows(wrong: dict[int, float]) -> npt.NDArray[np.float64]:
    """Right with 91 %, but for some images, which are taken for the next digit."""
    table = np.full((40, 10), 0.01)
    table[np.arange(40), LABELS] = 0.91
    for at, confidence in wrong.items():
        table[at] = (1 - confidence) / 9
        table[at, (LABELS[at] + 1) % 10] = confidence
    return table


def filled(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.images]


def test_the_most_confident_errors_come_first() -> None:
    figure = worst_errors(IMAGES, LABELS, rows({5: 0.6, 17: 0.99, 30: 0.8}), side=2)
    axes = filled(figure)
    assert [one.get_title() for one in axes] == ["no. 17", "no. 30", "no. 5"]
    assert axes[0].get_xlabel() == "true 7, predicted 8\n99.00%"
    np.testing.assert_array_equal(axes[1].images[0].get_array(), IMAGES[30])
    assert figure.get_suptitle() == "All 3 errors in 40 images"


def test_more_errors_than_places_are_counted() -> None:
    figure = worst_errors(IMAGES, LABELS, rows(dict.fromkeys(range(30), 0.7)), side=3)
    assert len(filled(figure)) == 9
    assert figure.get_suptitle() == "The 9 most confident of 30 errors in 40 images"


def test_without_errors_the_figure_says_so() -> None:
    figure = worst_errors(IMAGES, LABELS, rows({}))
    figure.draw_without_rendering()
    assert not filled(figure)
    assert figure.get_suptitle() == "No errors in 40 images"


@pytest.mark.parametrize(
    ("images", "labels", "table", "side"),
    [
        (IMAGES[:3], LABELS, rows({}), 5),
        (IMAGES, LABELS + 1, rows({}), 5),
        (IMAGES, LABELS, rows({}) * 2, 5),
        (IMAGES, LABELS, rows({}), 0),
        (IMAGES, LABELS, rows({}), 11),
        (None, LABELS, rows({}), 5),
    ],
)
def test_worst_errors_refuse_other_input(images: Any, labels: Any, table: Any, side: Any) -> None:
    with pytest.raises(InputError):
        worst_errors(images, labels, table, side)


def matrix() -> npt.NDArray[np.int64]:
    counts = np.diag(np.full(10, 90))
    counts[4, 9], counts[7, 1], counts[1, 7], counts[3, 5] = 10, 4, 4, 1
    return counts


def test_pairs_are_ordered_by_count_and_the_diagonal_is_none() -> None:
    figure = confused_pairs(matrix())
    axes = figure.axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["4 → 9", "1 → 7", "7 → 1", "3 → 5"]
    assert [bar.get_width() for bar in axes.patches] == [10, 4, 4, 1]
    assert axes.texts[0].get_text() == "10 (10.0% of the 4s)"
    written = [text.get_text() for text in figure.texts]
    assert "Most confused digits (19 errors in 919 images)" in written


def test_only_so_many_pairs_are_drawn() -> None:
    assert len(confused_pairs(matrix(), most=2).axes[0].patches) == 2


def test_examples_stand_beside_their_pair() -> None:
    figure = confused_pairs(matrix(), {(7, 1): IMAGES[:20], (4, 9): IMAGES[20:22]})
    first, second = filled(figure)
    assert first.get_position().y0 > second.get_position().y0
    assert first.images[0].get_array().shape == (28, 2 * 31)
    assert second.images[0].get_array().shape == (28, 8 * 31)
    np.testing.assert_array_equal(first.images[0].get_array()[:, 31:59], IMAGES[21])


def test_a_perfect_matrix_says_so() -> None:
    figure = confused_pairs(np.diag(np.full(10, 5)))
    figure.draw_without_rendering()
    assert "No errors in 50 images" in [text.get_text() for text in figure.texts]


def test_huge_counts_are_drawn() -> None:
    confused_pairs(np.full((10, 10), 2**62)).draw_without_rendering()


@pytest.mark.parametrize(
    ("counts", "examples", "most"),
    [
        (np.eye(10), None, 10),
        (matrix(), None, 0),
        (matrix(), None, 91),
        (matrix(), [IMAGES], 10),
        (matrix(), {(4, 9): IMAGES[:0]}, 10),
        (matrix(), {(4, 9): "nine"}, 10),
    ],
)
def test_confused_pairs_refuse_other_input(counts: Any, examples: Any, most: Any) -> None:
    with pytest.raises(InputError):
        confused_pairs(counts, examples, most)
