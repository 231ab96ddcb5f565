"""What the networks are, and what they are taught."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from _line_answers import answering
from tenfold.networks.reader import NONE, DigitNetwork, InkNetwork, LineNetwork, SignNetwork
from tenfold.recipes import Course, ReaderRecipe, load_any_recipe
from tenfold.training.batches import epoch_generators
from tenfold.training.page_reader._calibration import _error, _logistic
from tenfold.training.page_reader._course import learning_rate
from tenfold.training.page_reader._line import column_targets, greedy_texts


def test_the_recipe_counts_their_parameters_right(small_reader: ReaderRecipe) -> None:
    sizes = [
        sum(parameter.numel() for parameter in network.parameters())
        for network in (InkNetwork(), LineNetwork(), DigitNetwork(), SignNetwork())
    ]
    whole = load_any_recipe("reader")
    assert isinstance(whole, ReaderRecipe)
    assert [network.parameters for network in whole.networks] == sizes
    assert [network.parameters for network in small_reader.networks] == sizes[1:]


def test_their_shapes() -> None:
    with torch.no_grad():
        logits, boxes = LineNetwork().eval()(torch.zeros(2, 1, 40, 72))
        assert (logits.shape, boxes.shape) == ((2, 36, 11), (2, 36, 4))
        assert DigitNetwork().eval()(torch.zeros(3, 1, 28, 28)).shape == (3, 11)
        assert SignNetwork().eval()(torch.zeros(2, 2, 40, 40)).shape == (2, 11)


def test_column_targets_by_hand() -> None:
    """One digit 20 pixels wide around column 31.5: columns at 26.5 ... 36.5 within 5.6 of it."""
    labels = torch.tensor([[7, -1], [-1, -1]])
    boxes = torch.tensor([[[21.5, 6.0, 41.5, 34.0], [0.0] * 4], [[0.0] * 4] * 2])
    classes, sought = column_targets(labels, boxes, 32)
    assert classes[0].tolist() == [10] * 13 + [7] * 6 + [10] * 13
    assert classes[1].tolist() == [10] * 32
    # Column 14 stands at 28.5, the strip's middle at 20; the unit is 20 pixels.
    assert sought[0, 14].tolist() == pytest.approx([-0.35, -0.7, 0.65, 0.7])


def test_a_narrow_digit_has_a_column_all_the_same() -> None:
    for left in np.arange(8, 16, 0.5):
        boxes = torch.tensor([[[left, 5.0, left + 2, 35.0]]], dtype=torch.float32)
        classes, _sought = column_targets(torch.tensor([[1]]), boxes, 24)
        assert 1 in classes[0]


def test_a_perfect_network_gives_the_boxes_back() -> None:
    """What the targets mean and what ``LineModel`` makes of the answers is the same."""
    boxes = torch.tensor([[[10.0, 4.0, 30.0, 38.0]]])
    _classes, sought = column_targets(torch.tensor([[3]]), boxes, 24)
    found = answering(sought.numpy()).predict(np.zeros((1, 40, 48), np.float32))[1]
    np.testing.assert_allclose(found, np.broadcast_to(boxes, (1, 24, 4)), atol=1e-4)


@given(st.lists(st.integers(0, 9), max_size=8))
def test_greedy_texts_undo_repeats_and_blanks(digits: list[int]) -> None:
    path = [NONE]
    for digit in digits:
        path += [digit, digit, NONE]
    logits = torch.eye(11)[path][None]
    assert greedy_texts(logits) == [digits]


def test_greedy_texts_keep_touching_digits_apart() -> None:
    assert greedy_texts(torch.eye(11)[[1, 2, 2, 1]][None]) == [[1, 2, 1]]


def test_the_learning_rate_rises_and_falls_once() -> None:
    course = Course(epochs=4, batch_size=1, learning_rate=0.01, warm_up=0.25)
    rates = [learning_rate(course, step, 100) for step in range(100)]
    assert rates[0] == pytest.approx(1e-6)
    assert rates[25] == max(rates) == pytest.approx(0.01 + 1e-6)
    assert rates[:26] == sorted(rates[:26])
    assert rates[25:] == sorted(rates[25:], reverse=True)
    assert rates[99] < 1e-4


def test_epochs_have_orders_of_their_own() -> None:
    def drawn(seed: int, epoch: int) -> tuple[int, int]:
        order, looks = epoch_generators(seed, epoch)
        return int(order.integers(2**40)), int(torch.randint(2**40, (), generator=looks))

    assert drawn(1, 2) == drawn(1, 2)
    several = [drawn(seed, epoch) for seed in range(3) for epoch in range(1, 4)]
    assert len({first for first, _ in several} | {second for _, second in several}) == 18


def test_the_fit_finds_the_curve_that_was_put_in() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(0, 2, (20_000, 2))
    chances = 1 / (1 + np.exp(-(-0.7 + rows @ (1.5, -0.4))))
    right = (random.random(len(rows)) < chances).tolist()
    assert _logistic(rows, right) == pytest.approx([-0.7, 1.5, -0.4], abs=0.08)
    assert _error(chances.tolist(), right) < 0.01


def test_what_is_always_right_gets_no_weights() -> None:
    assert _logistic(np.ones((3, 2)), [True] * 3) == [3.0, 0.0, 0.0]
    assert _logistic(np.ones((3, 2)), [False] * 3) == [-3.0, 0.0, 0.0]


def test_the_error_of_too_much_confidence_is_what_it_exceeds_by() -> None:
    assert _error([0.9] * 10, [True] * 6 + [False] * 4) == pytest.approx(0.3)
