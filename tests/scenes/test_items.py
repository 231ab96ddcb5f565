"""What is written in scenes follows from a seed, and is what people write."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold.scenes.items import LETTER, LYING, SIGNS, SPACE, Item, random_items
from tenfold.scenes.typefaces import PACKAGES, machine_letters, written_letters

KINDS = ("number", "word", "mixed", "noted", "rotated")


def taken(kind: str, seed: int, most: int = 40) -> list[Item]:
    return list(itertools.islice(random_items(kind, np.random.default_rng(seed)), most))


@given(kind=st.sampled_from(KINDS), seed=st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_items_are_digits_signs_or_letters(kind: str, seed: int) -> None:
    items = taken(kind, seed)
    assert items == taken(kind, seed)
    assert items
    for item in items:
        if isinstance(item, int):
            assert 0 <= item <= 9
        else:
            assert item in (*SIGNS, LETTER, LYING, SPACE)


def test_numbers_begin_with_a_digit_or_the_sign_before_it_and_hold_no_letter() -> None:
    written = set()
    for seed in range(600):
        items = taken("number", seed)
        assert isinstance(items[0], int) or items[0] in "(+-"
        assert any(isinstance(item, int) for item in items)
        assert not {LETTER, LYING} & set(items)
        written.update(items)
    assert written == {*range(10), *SIGNS, SPACE}


def test_runs_of_a_digit_and_round_amounts_are_frequent() -> None:
    """As on cheques and in tables; were digits drawn alone, 1 number in 500 would end in 000."""
    texts = ["".join(str(i) for i in taken("number", seed) if i != ".") for seed in range(2000)]
    short = [text for text in texts if len(text) < 12]
    assert sum(text.endswith("000") for text in short) > 0.05 * len(short)
    assert sum("111" in text for text in short) > 0.01 * len(short)


def test_a_number_and_its_word_stand_in_either_order() -> None:
    firsts = Counter(taken("noted", seed)[0] == LETTER for seed in range(200))
    assert min(firsts.values()) > 30
    for seed in range(50):
        items = taken("noted", seed)
        assert LETTER in items
        assert any(isinstance(item, int) for item in items)


@pytest.mark.parametrize("letters", [machine_letters, written_letters])
def test_letters_of_typefaces_are_there_and_differ(letters: object) -> None:
    bits = letters()  # type: ignore[operator] # one of two functions
    assert bits.shape[1:] == (64, 8)
    assert len(bits) > 300
    assert bits.reshape(len(bits), -1).any(1).all()
    assert len({one.tobytes() for one in bits}) > 0.95 * len(bits)


def test_every_package_of_letters_is_free_to_use() -> None:
    from importlib.metadata import metadata

    for name in PACKAGES[1:]:
        assert metadata(name)["License-Expression"] in ("OFL-1.1", "Apache-2.0")
