"""Scores, against counts made by hand and against scikit-learn's definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.errors import InputError
from tenfold.metrics import evaluate_probabilities


def sure(predicted: list[int]) -> np.ndarray:
    """Probabilities of 0.91 for the predicted class and 0.01 for each other."""
    return np.full((len(predicted), 10), 0.01) + 0.9 * np.eye(10)[predicted]


def test_scores_of_a_small_case_by_hand() -> None:
    evaluation = evaluate_probabilities(sure([0, 1, 1, 2]), np.array([0, 1, 2, 2]))
    assert evaluation.count == 4
    assert evaluation.correct == 3
    assert evaluation.accuracy == 0.75
    assert evaluation.loss == pytest.approx(-(3 * np.log(0.91) + np.log(0.01)) / 4)
    assert evaluation.confusion[2].tolist() == [0, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert evaluation.precision[:3].tolist() == [1, 0.5, 1]
    assert evaluation.recall[:3].tolist() == [1, 1, 0.5]
    assert np.isnan(evaluation.precision[3:]).all()
    assert evaluation.to_dict()["recall"][9] is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60))
def test_the_confusion_matrix_counts_every_pair(pairs: list[tuple[int, int]]) -> None:
    truth, predicted = (list(side) for side in zip(*pairs, strict=True))
    evaluation = evaluate_probabilities(sure(predicted), np.array(truth))
    for cell in {*pairs}:
        assert evaluation.confusion[cell] == pairs.count(cell)
    assert evaluation.confusion.sum() == len(pairs)


def test_a_probability_of_nothing_gives_a_finite_loss() -> None:
    evaluation = evaluate_probabilities(np.eye(10)[[3]], np.array([4]))
    assert 80 < evaluation.loss < 100


@pytest.mark.parametrize(
    ("probabilities", "labels"),
    [
        (np.zeros((2, 9)), np.zeros(2, int)),
        (np.zeros((2, 10)), np.zeros(3, int)),
        (np.zeros((0, 10)), np.zeros(0, int)),
        (np.full((1, 10), np.nan), np.zeros(1, int)),
    ],
)
def test_bad_input_is_named(probabilities: np.ndarray, labels: np.ndarray) -> None:
    with pytest.raises(InputError, match="Received probabilities"):
        evaluate_probabilities(probabilities, labels)
