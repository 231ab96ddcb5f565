from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.figures._words import percent, shortened


@pytest.mark.parametrize(
    ("share", "places", "expected"),
    [
        (1.0, 2, "100.00%"),
        (59_999 / 60_000, 2, "99.99%"),
        (0.99, 1, "99.0%"),
        (0.9996, 1, "99.9%"),
        (0.0, 2, "0.00%"),
    ],
)
def test_a_share_is_written_as_a_percentage(share: float, places: int, expected: str) -> None:
    assert percent(share, places) == expected


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 4))
def test_only_all_is_a_hundred_percent(share: float, places: int) -> None:
    assert float(percent(share, places)[:-1]) < 100


@given(st.text(max_size=100), st.integers(1, 50))
def test_text_is_cut_to_one_printable_line(words: str, limit: int) -> None:
    line = shortened(words, limit)
    assert len(line) <= limit
    assert line.isprintable()


def test_short_text_stays() -> None:
    assert shortened("mlp-512, 种子 3", 20) == "mlp-512, 种子 3"
    assert shortened("a\nb\tc", 20) == "a b c"
    assert shortened("abcdef", 4) == "abc…"
