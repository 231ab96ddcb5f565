"""Calibration, against numbers worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.errors import InputError
from tenfold.metrics import measure_calibration


def rows(confidences: list[float], predicted: list[int]) -> npt.NDArray[np.float64]:
    """Probabilities with that confidence in that digit, the rest spread evenly."""
    table = np.repeat((1 - np.array(confidences))[:, None] / 9, 10, axis=1)
    table[np.arange(len(predicted)), predicted] = confidences
    return table


def test_a_small_case_by_hand() -> None:
    # Four bins of a quarter: 0.4 and 0.5 in the second, 0.7 in the third, 0.9 and 1.0 in the last.
    measured = measure_calibration(
        rows([0.4, 0.5, 0.7, 0.9, 1.0], [1, 2, 3, 4, 5]), np.array([1, 0, 3, 4, 0]), bins=4
    )
    assert measured.edges.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert measured.counts.tolist() == [0, 2, 1, 2]
    assert measured.correct.tolist() == [0, 1, 1, 1]
    assert measured.confidence[1:] == pytest.approx([0.45, 0.7, 0.95])
    assert measured.accuracy[1:] == pytest.approx([0.5, 1.0, 0.5])
    assert np.isnan(measured.confidence[0])
    assert np.isnan(measured.accuracy[0])
    # Gaps of 0.05, 0.3 and 0.45, held by 2, 1 and 2 images.
    assert measured.expected_error == pytest.approx(0.26)
    assert measured.maximum_error == pytest.approx(0.45)
    plain = measured.to_dict()
    assert plain["expected_error"] == pytest.approx(0.26)
    assert plain["accuracy"][0] is None
    assert plain["counts"] == [0, 2, 1, 2]


def test_an_edge_belongs_to_the_bin_below() -> None:
    measured = measure_calibration(rows([0.5, 1.0], [1, 1]), np.array([1, 1]), bins=2)
    assert measured.counts.tolist() == [1, 1]


def test_who_is_sure_and_right_has_no_error() -> None:
    labels = np.arange(10)
    measured = measure_calibration(np.eye(10), labels)
    assert measured.expected_error == 0
    assert measured.maximum_error == 0
    wrong = measure_calibration(np.eye(10), (labels + 1) % 10)
    assert wrong.expected_error == 1


def test_honest_chance_is_well_calibrated() -> None:
    random = np.random.default_rng(0)
    confidences = random.uniform(0.2, 1, 20_000)
    right = random.random(20_000) < confidences
    table = rows(confidences.tolist(), [3] * 20_000)
    measured = measure_calibration(table, np.where(right, 3, 4))
    assert measured.expected_error < 0.02


@given(
    st.lists(st.tuples(st.floats(0.11, 1), st.integers(0, 9), st.integers(0, 9)), min_size=1),
    st.integers(1, 40),
)
def test_every_image_is_in_one_bin(cases: list[tuple[float, int, int]], bins: int) -> None:
    confidences, predicted, truth = (list(side) for side in zip(*cases, strict=True))
    measured = measure_calibration(rows(confidences, predicted), np.array(truth), bins)
    assert measured.counts.sum() == len(cases)
    assert measured.correct.sum() == sum(p == t for _c, p, t in cases)
    assert 0 <= measured.expected_error <= measured.maximum_error + 1e-12 <= 1 + 1e-12
    filled = measured.counts > 0
    assert (measured.confidence[filled] >= measured.edges[:-1][filled] - 1e-12).all()
    assert (measured.confidence[filled] <= measured.edges[1:][filled] + 1e-12).all()


@pytest.mark.parametrize(
    ("probabilities", "labels", "bins", "message"),
    [
        (np.zeros((2, 9)), [0, 0], 15, "expected \\[N, 10\\]"),
        (np.zeros((0, 10)), [], 15, "N > 0"),
        (np.full((1, 10), np.nan), [0], 15, "outside 0 to 1"),
        (np.full((1, 10), 3.0), [0], 15, "softmax"),
        (np.eye(10)[:1], [0], 0, "0 bins"),
        (np.eye(10)[:1], [0], 10**9, "expected 1 to 1000"),
    ],
)
def test_bad_input_is_named(probabilities: Any, labels: list[int], bins: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        measure_calibration(probabilities, np.array(labels, int), bins)
