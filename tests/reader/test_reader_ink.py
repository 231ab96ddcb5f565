"""Small plain drawings need nobody to find their ink."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold import Reader
from tenfold.imaging import open_picture
from tenfold.reader.ink import plain_ink


def drawing(paper: float, ink: float, side: int = 28) -> np.ndarray:
    gray = np.full((side, side), paper, np.float32)
    gray[6 : side - 6, side // 2 - 2 : side // 2 + 2] = ink
    return gray


@pytest.mark.parametrize(("paper", "ink"), [(0.0, 1.0), (1.0, 0.0), (0.2, 0.9), (0.9, 0.1)])
def test_what_is_not_paper_is_ink_in_either_polarity(paper: float, ink: float) -> None:
    gray = drawing(paper, ink)
    found = plain_ink(gray)
    assert found is not None
    np.testing.assert_allclose(found.cover, gray == np.float32(ink), atol=1e-6)
    assert found.bright == (ink > paper)
    assert found.contrast == pytest.approx(abs(ink - paper), abs=1e-6)


def test_images_of_mnist_keep_their_tones() -> None:
    gray = np.zeros((28, 28), np.float32)
    gray[8:20, 12:16] = np.linspace(0, 1, 12, dtype=np.float32)[:, None]
    found = plain_ink(gray)
    assert found is not None
    np.testing.assert_array_equal(found.cover, gray)


@pytest.mark.parametrize(
    "gray",
    [
        drawing(1.0, 0.6),
        drawing(1.0, 0.0, side=80),
        np.ones((28, 28), np.float32),
        np.ones((2, 28), np.float32),
        np.random.default_rng(0).random((28, 28), np.float32),
        np.pad(drawing(0.0, 1.0)[6:-6], ((0, 0), (0, 0))),
    ],
    ids=["pale", "large", "blank", "flat", "noise", "cut at its rim"],
)
def test_anything_else_is_left_to_the_network(gray: np.ndarray) -> None:
    assert plain_ink(gray) is None


def test_a_plain_digit_is_placed_as_it_came(sample_digit: np.ndarray) -> None:
    reading = Reader().read(sample_digit, explain=True)
    assert reading.attempt is not None
    assert reading.attempt.ink.tone.shape == open_picture(sample_digit).gray.shape
    assert reading.attempt.name == "glance"


@pytest.fixture
def sample_digit() -> np.ndarray:
    import cv2

    picture = np.zeros((28, 28), np.uint8)
    cv2.putText(picture, "3", (7, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.65, 255, 2, cv2.LINE_AA)
    return picture
