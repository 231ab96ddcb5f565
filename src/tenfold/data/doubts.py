"""What a person is told of data that load well but may not be what they are taken for.

``mean_digits.npy`` holds the mean picture of each digit of MNIST's training images, uint8
[10, 28, 28]; docs/data.md has the lines that made it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib import resources

import numpy as np
import numpy.typing as npt

from tenfold.data.images import CLASSES, DataSet, Images, Labels
from tenfold.language import text as _

__all__ = ["doubts", "passed_over", "seem_transposed", "share_inverted"]

Floats = npt.NDArray[np.float64]

_SAMPLE = 2000
_ENOUGH = 10
# Of 300 subsets of 10 images of MNIST, transposed, the least certain was liker by 0.14; upright
# ones, and digits drawn in fonts, are liker by less than -0.1.
_LIKER = 0.1
_LIKE = 0.5
_BRIGHT = 150
_BRIGHTER = 8
_SOME, _ALL = 0.2, 0.95


def doubts(data: DataSet) -> list[str]:
    """Return a sentence on each thing that is odd with ``data``, none for data as MNIST's."""
    labeled = [line for split, part in data.splits.items() for line in _of(split, *part)]
    rest = [line for split, images in data.unlabeled.items() for line in _of(split, images, None)]
    return labeled + rest


def passed_over(data: DataSet) -> list[str]:
    """Return a sentence on each split that has no labels, beside others that have some."""
    return [
        _(
            "The {count} {split} images of {name} have no labels and are passed over; "
            "tenfold predict MODEL DATA says what they are.",
            count=len(images),
            split=split,
            name=data.name,
        )
        for split, images in data.unlabeled.items()
        if data.splits
    ]


def share_inverted(images: Images) -> float:
    """Return the share of uint8 [N, 28, 28] whose border is bright, and brighter than the rest."""
    if not len(images):
        return 0.0
    edge = np.ones(images.shape[1:], bool)
    edge[1:-1, 1:-1] = False
    border = images[:, edge].mean(1)
    return float(((border > _BRIGHT) & (border > images.mean((1, 2)) + _BRIGHTER)).mean())


def seem_transposed(images: Images, labels: Labels) -> bool:
    """Return whether each digit's mean picture is liker to MNIST's with rows and columns swapped.

    Few images, or one of a digit that is nearly its own mirror image, do not tell.
    """
    if len(images) < _ENOUGH:
        return False
    upright = transposed = 0.0
    for digit, expected in enumerate(_mean_digits()):
        chosen = images[labels == digit]
        if len(chosen):
            mean = chosen.mean(0)
            upright += len(chosen) * _likeness(mean, expected)
            transposed += len(chosen) * _likeness(mean.T, expected)
    count = len(images)
    return transposed - upright > _LIKER * count and transposed > _LIKE * count


def _of(split: str, images: Images, labels: Labels | None) -> Iterator[str]:
    # A part of a large split tells as much; every n-th, since some are sorted by digit.
    step = max(1, len(images) // _SAMPLE)
    seen = images[::step]
    inverted = share_inverted(seen)
    if inverted > _SOME:
        yield _(
            "{share:.0%} of the {split} images seem to be dark ink on bright paper; expected "
            "bright ink on black.",
            share=inverted,
            split=split,
        ) + (_cure("--invert") if inverted > _ALL else "")
    upright = ~seen if inverted > _ALL else seen
    if labels is not None and seem_transposed(upright, labels[::step]):
        yield _(
            "The {split} images seem to be transposed, rows for columns, as EMNIST's files are.",
            split=split,
        ) + _cure("--transpose")
    if len(images) and images.max() == 1:
        yield _(
            "The brightest pixel of the {split} images is 1; expected up to 255.", split=split
        ) + _cure("--stretch")


def _cure(option: str) -> str:
    return " " + _("A copy put right: tenfold data convert DATA COPY {option}", option=option)


@functools.cache
def _mean_digits() -> Floats:
    file = resources.files("tenfold.data").joinpath("mean_digits.npy")
    with file.open("rb") as stream:
        means: Floats = np.load(stream, allow_pickle=False).astype(np.float64)
    assert means.shape[0] == CLASSES
    return means


def _likeness(one: Floats, other: Floats) -> float:
    """Return the correlation of two pictures, 0 where one of them is even."""
    one, other = one - one.mean(), other - other.mean()
    norm = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / norm if norm else 0.0
