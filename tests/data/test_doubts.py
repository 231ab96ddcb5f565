"""Pictures stored otherwise than MNIST's are told; digits as they should be never are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tenfold.data import DataSet, Images, LabeledImages
from tenfold.data.doubts import doubts
from tenfold.data.remedies import REMEDIES, remedied

Make = Callable[..., LabeledImages]


def changed(part: LabeledImages, name: str) -> LabeledImages:
    return LabeledImages(REMEDIES[name](part.images), part.labels)


def told(part: LabeledImages) -> list[str]:
    return doubts(DataSet("some", {"train": part}))


@pytest.mark.parametrize("count", [50, 300])
@pytest.mark.parametrize(
    ("wrong", "words"), [("invert", "dark ink on bright paper"), ("transpose", "transposed")]
)
def test_what_is_wrong_is_told_with_its_cure(
    count: int, wrong: str, words: str, drawn: DataSet
) -> None:
    part = drawn.test[:count]
    assert told(part) == []
    lines = told(changed(part, wrong))
    assert len(lines) == 1
    assert words in lines[0]
    assert lines[0].endswith(f"--{wrong}")
    assert doubts(remedied(DataSet("a", {"test": changed(part, wrong)}), [wrong])) == []


def test_both_at_once_are_told(drawn: DataSet) -> None:
    lines = told(changed(changed(drawn.test, "invert"), "transpose"))
    assert [line.rpartition("--")[2] for line in lines] == ["invert", "transpose"]


def test_a_mixture_is_told_without_a_cure_that_would_spoil_the_rest(drawn: DataSet) -> None:
    images: Images = drawn.test.images.copy()
    images[::2] = ~images[::2]
    (line,) = told(LabeledImages(images, drawn.test.labels))
    assert line.startswith("50% of the train images seem to be dark ink")
    assert "--invert" not in line


def test_binary_pixels_are_told_and_stretched(drawn: DataSet) -> None:
    binary = LabeledImages((drawn.test.images > 127).astype(np.uint8), drawn.test.labels)
    assert told(binary)[0].endswith("--stretch")
    right = remedied(DataSet("a", {"train": binary}, {"test": binary.images}), ["stretch"])
    assert set(np.unique(right.train.images)) == {0, 255}
    assert right.unlabeled["test"].max() == 255


def test_nothing_is_said_of_what_does_not_tell(digits: Make, drawn: DataSet) -> None:
    white = np.full((20, 28, 28), 255, np.uint8)
    alone = drawn.test[np.flatnonzero(drawn.test.labels == 0)]
    shuffled = LabeledImages(drawn.test.images, drawn.test.labels[::-1].copy())
    for part in (digits(500), LabeledImages(white, np.zeros(20, np.uint8)), alone, shuffled):
        assert told(part) == []
    assert told(drawn.test[:0]) == []


def test_unlabeled_images_are_looked_at_too(drawn: DataSet) -> None:
    (line,) = doubts(DataSet("some", {}, {"test": ~drawn.test.images}))
    assert "100% of the test images" in line
