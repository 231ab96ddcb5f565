"""The annotated picture shows each box where the digit is, in the color of its verdict."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tenfold.errors import PictureError
from tenfold.imaging import Box, Ink
from tenfold.reader import Digit, Reading
from tenfold.reader.annotation import annotate
from tenfold.reader.attempts import Attempt
from tenfold.reader.reading import ConfidenceKind

KINDS: tuple[ConfidenceKind, ...] = ("calibrated", "softmax")
BLUE, ORANGE, PURPLE = (178, 114, 0), (0, 94, 213), (167, 121, 204)


def digit(box: Box, *, label: int = 3, accepted: bool = True, sure: float = 0.9999) -> Digit:
    probabilities = np.eye(10, dtype=np.float32)[label] * np.float32(sure)
    return Digit(probabilities, box, np.zeros((28, 28), np.float32), accepted=accepted)


def drawn(
    height: int, width: int, *digits: Digit, kind: ConfidenceKind = "calibrated"
) -> np.ndarray:
    reading = Reading(digits, confidence_kind=kind)
    content = annotate(np.full((height, width), 200, np.uint8), reading)
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


def found(image: np.ndarray, color: tuple[int, int, int]) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of all pixels of a color."""
    rows, columns = np.nonzero((image == color).all(axis=2))
    if rows.size == 0:
        return None
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def test_boxes_are_where_the_digits_are_and_labels_above() -> None:
    image = drawn(600, 800, digit(Box(100, 200, 80, 120)))
    margin = image.shape[0] - 600
    assert image.shape[1] == 800
    left, _top, right, bottom = found(image, BLUE) or pytest.fail("no box")
    # A line two pixels thick lies half outside.
    assert (left, bottom) == (pytest.approx(100, abs=1), pytest.approx(320 + margin, abs=1))
    above = image[: 200 + margin - 3]
    assert found(above, BLUE) is not None
    assert right >= 179


def test_what_is_refused_has_another_color() -> None:
    accepted, refused = digit(Box(100, 200, 80, 120)), digit(Box(400, 200, 80, 120), accepted=False)
    image = drawn(600, 800, accepted, refused)
    blue, orange = found(image, BLUE), found(image, ORANGE)
    assert blue is not None
    assert orange is not None
    assert blue[2] < 300 < orange[0]


@pytest.mark.parametrize(("height", "width"), [(28, 28), (1, 1), (1, 1600), (1600, 1), (36, 700)])
def test_small_pictures_are_enlarged_and_none_is_made_huge(height: int, width: int) -> None:
    image = drawn(height, width, digit(Box(0, 0, 1, 1)))
    assert 28 <= max(image.shape) <= 1700
    if max(height, width) < 100:
        assert max(image.shape) > 400


def test_a_large_picture_and_its_boxes_are_shrunk() -> None:
    image = drawn(2400, 3200, digit(Box(1600, 1200, 400, 400)))
    assert image.shape[1] == 1600
    left, _top, _right, bottom = found(image, BLUE) or pytest.fail("no box")
    assert (left, bottom) == (pytest.approx(800, abs=2), pytest.approx(image.shape[0] - 400, abs=2))


def test_labels_at_the_edges_stay_on_the_picture() -> None:
    image = drawn(600, 800, digit(Box(790, 0, 10, 60)))
    label = found(image[: image.shape[0] - 600 - 2], BLUE)
    assert label is not None
    assert label[2] <= 800


def test_a_confidence_that_nobody_calibrated_is_named_so() -> None:
    one = digit(Box(100, 200, 80, 120))
    ends = [
        (found(drawn(600, 800, one, kind=kind), BLUE) or pytest.fail("no label"))[2]
        for kind in KINDS
    ]
    assert ends[0] + 50 < ends[1] < 800
    # Two digits have no confidence beside them, of no kind.
    pair = (one, digit(Box(400, 200, 80, 120)))
    same = [drawn(600, 800, *pair, kind=kind) for kind in KINDS]
    np.testing.assert_array_equal(*same)


def test_a_label_is_never_cut() -> None:
    image = drawn(500, 200, digit(Box(20, 100, 150, 300)), kind="softmax")
    right = (found(image, BLUE) or pytest.fail("no label"))[2]
    assert 180 < right < 200


def test_a_picture_without_digits_stays_plain() -> None:
    image = drawn(600, 800)
    assert np.ptp(image.reshape(-1, 3), axis=1).max() == 0


def test_an_explained_reading_shows_its_ink_and_its_digits() -> None:
    picture = np.full((100, 200), 200, np.uint8)
    inked = np.zeros((50, 100), np.float32)
    inked[10:40, 10:20] = inked[10:40, 60:70] = 1
    other = np.zeros_like(inked)
    other[:, 50:] = 1
    # The picture lies on its side: upright is a quarter turn counterclockwise of it.
    planes = [np.ascontiguousarray(np.rot90(plane)) for plane in (inked, other)]
    ink = Ink(planes[0], planes[0], bright=False, contrast=0.8, other=planes[1])
    attempt = Attempt("lines", ink, 1, (), (), 0.9)
    plain = Reading((digit(Box(20, 20, 20, 60)),))
    before, after = (
        cv2.imdecode(np.frombuffer(annotate(picture, one), np.uint8), cv2.IMREAD_COLOR)
        for one in (plain, replace(plain, attempt=attempt))
    )
    high, wide = before.shape[:2]
    np.testing.assert_array_equal(after[:high, :wide], before)
    zoom = wide // 200
    below = after[high : high + 140 * zoom, :wide]
    left, top, right, bottom = found(below, BLUE) or pytest.fail("no ink of digits")
    assert (left // zoom, right // zoom) == (pytest.approx(20, abs=2), pytest.approx(40, abs=2))
    assert (bottom - top) / zoom == pytest.approx(60, abs=4)
    left, _top, right, _bottom = found(below, PURPLE) or pytest.fail("no other writing")
    assert (left // zoom, right // zoom) == (pytest.approx(120, abs=2), pytest.approx(140, abs=2))
    assert len(after) > high + 100 * zoom + 100


def test_without_digits_the_ink_alone_follows() -> None:
    nothing = np.zeros((50, 100), np.float32)
    attempt = Attempt("lines", Ink(nothing, nothing, False, 0.0), 0, (), (), 0.0)
    image = annotate(np.full((50, 100), 200, np.uint8), Reading(attempt=attempt))
    shown = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR)
    assert (shown[-50:] == 255).all()


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(PictureError):
        annotate(b"broken", Reading())
