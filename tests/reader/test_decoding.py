"""Decoding against every alignment counted out one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tenfold.reader.decoding import BLANK, decode

SAID = (1, 2, BLANK)


def columns(seed: int, count: int, sharpness: float) -> np.ndarray:
    """Return ``count`` columns in which only 1, 2 and the blank are possible."""
    rng = np.random.default_rng(seed)
    logits = np.full((count, 11), -60.0)
    logits[:, SAID] = rng.normal(0, sharpness, (count, len(SAID)))
    raised = np.exp(logits)
    return raised / raised.sum(axis=1, keepdims=True)


def text_of(path: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(
        label
        for at, label in enumerate(path)
        if label != BLANK and (at == 0 or path[at - 1] != label)
    )


def all_texts(probabilities: np.ndarray) -> dict[tuple[int, ...], float]:
    totals: dict[tuple[int, ...], float] = {}
    for path in itertools.product(SAID, repeat=len(probabilities)):
        share = float(np.prod([probabilities[at, label] for at, label in enumerate(path)]))
        totals[text_of(path)] = totals.get(text_of(path), 0.0) + share
    return totals


@pytest.mark.parametrize("seed", range(20))
def test_the_best_text_and_its_probability_are_those_of_all_alignments(seed: int) -> None:
    probabilities = columns(seed, 6, 2.0)
    totals = all_texts(probabilities)
    best = max(totals, key=lambda text: totals[text])
    decoded = decode(probabilities)
    assert decoded.labels == best
    assert decoded.probability == pytest.approx(totals[best], rel=1e-6)


def test_a_digit_is_found_where_it_is_said_most_clearly() -> None:
    probabilities = np.full((9, 11), 1e-4)
    probabilities[:, BLANK] = 1
    for column, label, share in ((1, 7, 0.6), (2, 7, 0.98), (5, 7, 0.97), (7, 3, 0.99)):
        probabilities[column, label] = share
        probabilities[column, BLANK] = 1 - share
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    decoded = decode(probabilities)
    assert decoded.labels == (7, 7, 3)
    assert decoded.columns == (2, 5, 7)


def test_nothing_said_is_no_text() -> None:
    probabilities = np.full((4, 11), 1e-3)
    probabilities[:, BLANK] = 0.99
    decoded = decode(probabilities)
    assert decoded.labels == ()
    assert decoded.columns == ()
    assert decoded.probability == pytest.approx(0.99**4, rel=1e-6)


def test_paper_between_digits_changes_no_text_and_no_probability() -> None:
    """However far apart they stand: a column that says nothing for sure is read once."""
    said = columns(3, 12, 2.0)
    silent = np.full((1, 11), 1e-9)
    silent[0, BLANK] = 1 - 1e-8
    near = np.concatenate([said[:6], silent, said[6:]])
    far = np.concatenate([said[:6], np.repeat(silent, 500, 0), said[6:]])
    one, other = decode(near), decode(far)
    assert one.labels == other.labels
    assert other.probability == pytest.approx(one.probability, rel=1e-9)
    moved = [column + 499 * (column > 6) for column in one.columns]
    assert list(other.columns) == moved
