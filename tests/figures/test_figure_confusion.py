from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.colors import rgb_to_hsv
from matplotlib.figure import Figure

from tenfold.errors import InputError
from tenfold.figures.confusion import confusion


def counts(errors: dict[tuple[int, int], int] | None = None) -> npt.NDArray[np.int64]:
    matrix = np.diag(np.full(10, 1000))
    for cell, count in (errors or {}).items():
        matrix[cell] = count
    return matrix


def colors(figure: Figure) -> npt.NDArray[np.float64]:
    return np.asarray(figure.axes[0].images[0].get_array())


def test_each_count_is_written_in_its_cell() -> None:
    matrix = np.arange(100).reshape(10, 10)
    axes = confusion(matrix).axes[0]
    written = {tuple(map(float, text.get_position())): text.get_text() for text in axes.texts}
    for (true, predicted), count in np.ndenumerate(matrix):
        assert written[predicted, true] == str(count)


def test_rows_are_true_columns_predicted() -> None:
    axes = confusion(counts()).axes[0]
    assert axes.get_ylabel() == "True digit"
    assert axes.get_xlabel() == "Predicted digit"
    assert axes.yaxis_inverted()


def test_the_title_and_the_rows_say_how_much_is_right() -> None:
    figure = confusion(counts({(3, 5): 250}))
    assert figure.get_suptitle() == "97.56% of 10,250 correct"
    assert "80.0%" in [text.get_text() for text in figure.axes[0].texts]


def test_a_single_error_in_a_thousand_shows_and_more_show_more() -> None:
    shown = colors(confusion(counts({(0, 1): 1, (0, 2): 10, (0, 3): 100})))
    saturation = rgb_to_hsv(shown)[0, :, 1]
    empty = saturation[4]
    assert empty + 0.05 < saturation[1] < saturation[2] < saturation[3]


def test_right_and_wrong_differ_in_hue() -> None:
    hue = rgb_to_hsv(colors(confusion(counts({(0, 1): 50}))))[..., 0]
    assert 0.5 < hue[0, 0] < 0.7
    assert 0.0 < hue[0, 1] < 0.15


def test_a_color_means_the_same_in_every_figure() -> None:
    one = colors(confusion(counts({(0, 1): 5})))
    other = colors(confusion(counts({(0, 1): 5, (4, 9): 900})))
    np.testing.assert_array_equal(one[0], other[0])


def test_one_error_is_never_rounded_away() -> None:
    matrix = counts() * 100
    matrix[2, 3] = 1
    assert confusion(matrix).get_suptitle().startswith("99.99%")


def test_huge_counts_fit_their_cells() -> None:
    figure = confusion(np.full((10, 10), 2**62))
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts[:2]]
    assert not boxes[0].overlaps(boxes[1])
    assert figure.get_suptitle() == f"10.00% of {100 * 2**62:,} correct"


@pytest.mark.parametrize(
    "matrix",
    [
        np.zeros((10, 10), int),
        -counts(),
        counts()[:9],
        counts() / 1000,
        counts().astype(bool),
        np.zeros((10, 10, 1), int),
        [[1, 2], [3]],
        "counts",
        None,
        {},
    ],
)
def test_a_wrong_matrix_is_refused(matrix: Any) -> None:
    with pytest.raises(InputError, match=r"[Rr]eceived|cannot be read"):
        confusion(matrix)
