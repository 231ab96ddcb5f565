"""The learning rate of a step."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tenfold.recipes import OneCycle
from tenfold.training._schedule import rate_share


def test_without_a_schedule_the_rate_is_constant() -> None:
    assert {rate_share(None, step, 10) for step in range(10)} == {1.0}


@pytest.mark.parametrize("fall", ["line", "cosine"])
def test_one_cycle_rises_in_a_line_and_falls_to_its_end(fall: str) -> None:
    cycle = OneCycle(warm_up=0.2, final=0.1, fall=fall)  # type: ignore[arg-type]
    shares = [rate_share(cycle, step, 1000) for step in range(1001)]
    assert shares[0] == 0
    assert shares[100] == pytest.approx(0.5)
    assert max(shares) == shares[200] == 1
    assert shares[600] == pytest.approx(0.55)
    assert shares[1000] == pytest.approx(0.1)
    assert all(a >= b for a, b in pairwise(shares[200:]))


def test_the_two_ways_to_fall_differ() -> None:
    line, cosine = (
        rate_share(OneCycle(warm_up=0, fall=fall), 25, 100)  # type: ignore[arg-type]
        for fall in ("line", "cosine")
    )
    assert line == pytest.approx(0.75)
    assert cosine == pytest.approx(0.8536, abs=1e-4)
