"""The corrected test: golden values, and how often it is wrong where the answer is known."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.errors import InputError
from tenfold.metrics import corrected_t_test, holm

FOLDS = 5
SHARE = 1 / (FOLDS - 1)


def test_golden_values_worked_by_hand() -> None:
    # Differences 1, 2, 3, 4, 5: mean 3, sample variance 2.5. Corrected deviation
    # sqrt((1/5 + 1/4) * 2.5) = 1.0606602, so t = 2.8284271 with 4 degrees of freedom, whose
    # distribution function is 1/2 + 3/4 (u - u^3 / 3) with u = t / sqrt(4 + t^2), by integrating
    # its density (3/8) (1 + t^2/4)^(-5/2).
    u = 2.8284271247461903 / np.sqrt(4 + 8)
    p = 2 * (0.5 - 0.75 * (u - u**3 / 3))
    found = corrected_t_test([2, 4, 6, 8, 10], [1, 2, 3, 4, 5], test_share=SHARE)
    assert found.difference == 3
    assert found.n == 5
    assert found.p == pytest.approx(p, rel=1e-9)
    # 2.7764451 is the 97.5 % point for 4 degrees of freedom in any table.
    half = 2.7764451 * 1.0606602
    assert found.interval == pytest.approx((3 - half, 3 + half), abs=1e-6)


def test_without_correction_it_is_the_paired_t_test() -> None:
    from scipy.stats import ttest_rel

    a, b = np.random.default_rng(0).normal(size=(2, 7))
    found = corrected_t_test(a, b, test_share=0)
    expected = ttest_rel(a, b)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.interval == pytest.approx(tuple(expected.confidence_interval()))


def test_differences_without_spread_show_nothing() -> None:
    same = corrected_t_test([0.9, 0.8], [0.9, 0.8], test_share=1)
    assert (same.difference, same.interval, same.p) == (0, (0, 0), 1)
    shifted = corrected_t_test([0.9, 0.8, 0.7], [0.8, 0.7, 0.6], test_share=0.5)
    assert shifted.difference == pytest.approx(0.1)
    assert (shifted.interval, shifted.p) == ((-inf, inf), 1)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=9))
def test_swapping_turns_the_sign_alone(pairs: list[tuple[float, float]]) -> None:
    a, b = np.array(pairs).T
    one = corrected_t_test(a, b, test_share=SHARE)
    other = corrected_t_test(b, a, test_share=SHARE)
    assert one.difference == -other.difference
    assert one.p == other.p
    assert one.interval == pytest.approx((-other.interval[1], -other.interval[0]))
    assert one.interval[0] <= one.difference <= one.interval[1]


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        ([1], [2], 0.25),
        ([1, 2], [1, 2, 3], 0.25),
        ([[1, 2]], [[1, 2]], 0.25),
        ([1, np.nan], [1, 2], 0.25),
        ([1, 3], [1, 2], -1),
        ([1, 3], [1, 2], inf),
    ],
)
def test_impossible_scores_are_refused(a: list[float], b: list[float], share: float) -> None:
    with pytest.raises(InputError, match="Received"):
        corrected_t_test(a, b, test_share=share)


def test_holm_as_in_the_papers_scheme() -> None:
    # 0.01 * 3, 0.02 * 2, 0.04 * 1, each at least the one before.
    assert holm([0.04, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([]) == []
    with pytest.raises(InputError, match=r"p = 1\.2"):
        holm([1.2])


def fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A linear classifier by ridge regression: a real learner of microseconds."""
    x = np.c_[x, np.ones(len(x))]
    return np.linalg.solve(x.T @ x + np.eye(x.shape[1]), x.T @ (2.0 * y - 1))


def score(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    return float(((np.c_[x, np.ones(len(x))] @ weights > 0) == y).mean())


def cross_validate(
    random: np.random.Generator, views: np.ndarray, y: np.ndarray, *, bootstrap: bool
) -> tuple[list[float], list[float]]:
    """Score a learner on each of two views of the same images, on the same folds."""
    scores: tuple[list[float], list[float]] = ([], [])
    for held in np.array_split(random.permutation(len(y)), FOLDS):
        rest = np.setdiff1d(np.arange(len(y)), held)
        for x, into in zip(views, scores, strict=True):
            chosen = random.choice(rest, len(rest)) if bootstrap else rest
            into.append(score(fit(x[chosen], y[chosen]), x[held], y[held]))
    return scores


def draw(random: np.random.Generator, shifts: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """200 images of two kinds, seen in two ways that tell as much about them as ``shifts`` say."""
    y = random.integers(0, 2, 200).astype(bool)
    views = random.normal(size=(2, 200, 8))
    views[:, y] += np.array(shifts)[:, None, None]
    return views, y


def rates(
    compare: Callable[[np.random.Generator], tuple[list[float], list[float]]], count: int = 200
) -> tuple[float, float]:
    """How often the corrected and the plain test find a difference."""
    random = np.random.default_rng(3)
    found = np.zeros((count, 2))
    for row in found:
        a, b = compare(random)
        row[:] = [corrected_t_test(a, b, test_share=share).p < 0.05 for share in (SHARE, 0)]
    return tuple(found.mean(axis=0))


def test_false_alarms_are_5_percent_under_the_tests_own_assumption() -> None:
    # Differences correlated by n_test / (n_test + n_train) = 1/5, what the correction supposes.
    def compare(random: np.random.Generator) -> tuple[list[float], list[float]]:
        shared, own = random.normal(), random.normal(size=FOLDS)
        return list(np.sqrt(1 / 5) * shared + np.sqrt(4 / 5) * own), [0.0] * FOLDS

    corrected, plain = rates(compare, 2000)
    assert 0.035 < corrected < 0.065
    assert plain > 0.1


def test_false_alarms_of_two_real_learners_that_are_equal() -> None:
    def compare(random: np.random.Generator) -> tuple[list[float], list[float]]:
        views, y = draw(random, (0.35, 0.35))
        return cross_validate(random, views, y, bootstrap=False)

    corrected, plain = rates(compare)
    assert 0.005 <= corrected <= 0.08
    assert plain > corrected


def test_false_alarms_of_the_same_learner_with_other_seeds() -> None:
    def compare(random: np.random.Generator) -> tuple[list[float], list[float]]:
        views, y = draw(random, (0.35, 0.35))
        return cross_validate(random, np.stack([views[0], views[0]]), y, bootstrap=True)

    corrected, _plain = rates(compare)
    assert corrected <= 0.05


def test_a_real_difference_is_found() -> None:
    def compare(random: np.random.Generator) -> tuple[list[float], list[float]]:
        views, y = draw(random, (0.2, 0.9))
        return cross_validate(random, views, y, bootstrap=False)

    corrected, _plain = rates(compare)
    assert corrected > 0.9
