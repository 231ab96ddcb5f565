"""Wilson's interval, against published values and by what it promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.errors import InputError
from tenfold.metrics import wilson_interval


def test_against_published_values() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263, 15 of 148, 0 of 20.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_it_holds_the_share_and_stays_within_0_and_1(case: tuple[int, int]) -> None:
    low, high = wilson_interval(*case)
    assert 0 <= low <= case[0] / case[1] + 1e-12
    assert case[0] / case[1] - 1e-12 <= high <= 1


def test_it_covers_a_high_accuracy_about_95_times_in_100() -> None:
    random = np.random.default_rng(0)
    intervals = [wilson_interval(int(k), 1000) for k in random.binomial(1000, 0.99, 2000)]
    covered = np.mean([low <= 0.99 <= high for low, high in intervals])
    assert 0.93 < covered < 0.98


@pytest.mark.parametrize(("successes", "count"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_named(successes: int, count: int) -> None:
    with pytest.raises(InputError, match="Received"):
        wilson_interval(successes, count)
