"""Pictures put right that are stored otherwise than MNIST's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tenfold.data.images import DataSet, Images, LabeledImages

__all__ = ["REMEDIES", "remedied"]


def invert(images: Images) -> Images:
    """Return dark ink on bright paper as bright ink on black."""
    return ~images


def transpose(images: Images) -> Images:
    """Return the images with their rows for columns, as EMNIST's files need it."""
    return np.ascontiguousarray(images.transpose(0, 2, 1))


def stretch(images: Images) -> Images:
    """Return the images with the brightest of all pixels 255, such as pixels of 0 and 1."""
    scale = 255 / max(1, int(images.max(initial=0)))
    stretched: Images = np.rint(images * scale).astype(np.uint8)
    return stretched


REMEDIES: dict[str, Callable[[Images], Images]] = {
    "invert": invert,
    "transpose": transpose,
    "stretch": stretch,
}


def remedied(data: DataSet, names: list[str]) -> DataSet:
    """Return ``data`` with all its images, labeled or not, put right by the named remedies."""

    def right(images: Images) -> Images:
        for name in names:
            images = REMEDIES[name](images)
        return images

    splits = {
        name: LabeledImages(right(part.images), part.labels) for name, part in data.splits.items()
    }
    return DataSet(data.name, splits, {name: right(i) for name, i in data.unlabeled.items()})
