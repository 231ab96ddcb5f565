"""Which pixels an answer rests on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import helper

from tenfold.data import DataSet
from tenfold.errors import InputError
from tenfold.insight import occlusion
from tenfold.models import Model

node = helper.make_node


@pytest.fixture
def left_is_three(make_model: Any) -> Model:
    """A model that says 3 by the ink in the left half, and 4 by that in the right."""
    weights = np.zeros((28, 28, 10), np.float32)
    weights[:, :14, 3] = 0.1
    weights[:, 14:, 4] = 0.1
    return make_model(
        [
            node("Flatten", ["images"], ["pixels"]),
            node("Gemm", ["pixels", "weights"], ["logits"]),
        ],
        {"weights": weights.reshape(784, 10)},
    )


def test_what_speaks_for_a_digit_is_bright_and_what_speaks_for_another_is_not(
    left_is_three: Model,
) -> None:
    image = np.zeros((28, 28), np.uint8)
    image[10:18, 4:8] = image[10:18, 20:24] = 255
    three, four = occlusion(left_is_three, image, 3), occlusion(left_is_three, image, 4)
    assert three.shape == (28, 28)
    assert three.dtype == np.uint8
    assert three.max() == 255
    assert three[10:18, 4:8].min() > 80
    assert three[10:18, 20:24].max() < 20
    # The picture is symmetric, and so are model and method.
    np.testing.assert_allclose(three.astype(int), four[:, ::-1].astype(int), atol=2)


def test_nothing_rests_on_empty_paper(bundled: Model) -> None:
    assert not occlusion(bundled, np.zeros((28, 28), np.uint8), 5).any()


def test_the_same_digit_gives_the_same_map(bundled: Model, drawn: DataSet) -> None:
    image = drawn.test.images[3]
    np.testing.assert_array_equal(occlusion(bundled, image, 1), occlusion(bundled, image, 1))


def test_taking_away_what_is_salient_costs_more_than_taking_away_the_rest(
    bundled: Model, drawn: DataSet
) -> None:
    losses = []
    for image in drawn.test.images[:25]:
        label = int(bundled.predict(image)[0])
        ink = np.flatnonzero(image)
        order = ink[np.argsort(occlusion(bundled, image, label).ravel()[ink], kind="stable")]
        least, most = image.copy(), image.copy()
        least.ravel()[order[: len(ink) // 5]] = 0
        most.ravel()[order[-len(ink) // 5 :]] = 0
        logits = bundled.logits(np.stack([least, most]))[:, label]
        losses.append(logits[0] - logits[1])
    assert np.mean(losses) > 1
    assert np.mean(np.array(losses) > 0) >= 0.8


@pytest.mark.parametrize("label", [-1, 10])
def test_a_label_that_is_no_digit_is_refused(bundled: Model, label: int) -> None:
    with pytest.raises(InputError, match="from 0 to 9"):
        occlusion(bundled, np.zeros((28, 28), np.uint8), label)
