"""What a hand makes of an item: how high it is, and what it is called."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tenfold.data import DataSet
from tenfold.scenes import NONE, Glyphs, load_glyphs
from tenfold.scenes.handwriting import Hand
from tenfold.scenes.items import LETTER, LYING, Item
from tenfold.scenes.writing import height_of, pick_glyph

HAND = Hand(pen=2.0, own=False, slant=0.0, wobble=0.0, dark=1.0, zeros=0.5, raised=0.0)


@pytest.mark.parametrize(
    ("item", "first", "raised", "height", "lift"),
    [
        (0, False, 0.0, 20.0, 0.0),
        (0, False, 1.0, 20.0, 20.0),
        (0, False, 0.5, 20.0, 10.0),
        (0, True, 1.0, 40.0, 0.0),
        (7, False, 1.0, 40.0, 0.0),
        (LETTER, False, 1.0, 40.0, 0.0),
    ],
)
def test_only_zeros_after_the_first_digit_are_small(
    item: Item, first: bool, raised: float, height: float, lift: float
) -> None:
    hand = replace(HAND, raised=raised)
    assert height_of(item, hand, 40.0, first=first) == (height, lift)


def test_a_glyph_is_called_what_it_is(drawn: DataSet) -> None:
    glyphs: Glyphs = load_glyphs(drawn.train.images[:100], drawn.train.labels[:100])
    rng = np.random.default_rng(0)
    assert [pick_glyph(digit, glyphs, HAND, rng)[0] for digit in range(10)] == list(range(10))
    assert {pick_glyph(LETTER, glyphs, HAND, rng)[0] for _time in range(9)} == {NONE}
    # A lying 0 is a 0.
    assert {pick_glyph(LYING, glyphs, HAND, rng)[0] for _time in range(60)} == {0, NONE}
