"""Digits and signs drawn of strokes: the table of strokes, and what a hand makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold.scenes.drawn import _drawn, draw_digit, draw_none, styles
from tenfold.scenes.grid import GRID


def test_each_digit_has_ways_to_be_drawn_and_so_has_what_is_none() -> None:
    assert list(styles()) == [*map(str, range(10)), "none"]
    assert all(len(set(known)) == len(known) > 5 for known in styles().values())


@pytest.mark.parametrize("name", styles())
def test_strokes_are_lines_about_the_square(name: str) -> None:
    for style in styles()[name]:
        points = np.array([point for stroke in style.strokes for point in stroke])
        assert all(len(stroke) > 1 for stroke in style.strokes)
        assert points.min() >= -0.5
        assert points.max() <= 1.5
        # As high as the square, or it would come out larger than its neighbors.
        assert np.ptp(points[:, 1]) > 0.4 if name == "none" else np.ptp(points[:, 1]) > 0.8


@pytest.mark.parametrize("name", [str(digit) for digit in range(10)])
def test_a_habit_is_one_way_and_steady_is_always_the_same_shape(name: str) -> None:
    known = styles()[name]
    drawn = {
        draw_digit(
            int(name), np.random.default_rng(3), steady=True, habit=(at + 0.5) / len(known)
        ).tobytes()
        for at in range(len(known))
    }
    assert len(drawn) == len(known)


def test_what_is_drawn_steadily_is_not_cut_off_at_the_grid() -> None:
    rng = np.random.default_rng(0)
    for name, known in styles().items():
        for at, style in enumerate(known):
            lines = _drawn(style, rng, steady=True)
            assert lines.shape == (GRID, GRID)
            rim = np.concatenate([lines[0], lines[-1], lines[:, 0], lines[:, -1]])
            assert lines.any(), (name, at)
            assert not rim.any(), (name, at)


def test_what_is_none_differs_from_time_to_time() -> None:
    rng = np.random.default_rng(0)
    assert len({draw_none(rng).tobytes() for _time in range(20)}) == 20
