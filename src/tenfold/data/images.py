"""Labeled images: the one form in which data reaches everything else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError, UnknownNameError
from tenfold.language import text as _

__all__ = ["CLASSES", "SIZE", "SPLITS", "DataSet", "Images", "LabeledImages", "Labels"]

CLASSES = 10
SIZE = 28
SPLITS = ("train", "valid", "test")

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class LabeledImages:
    """Digits with their labels; unpacks as ``images, labels``.

    Args:
        images: uint8 [N, 28, 28], 0 (paper) to 255 (ink).
        labels: uint8 [N], 0 to 9.

    Raises:
        InputError: if a shape, dtype or label is otherwise.
    """

    images: Images
    labels: Labels

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.shape[1:] != (SIZE, SIZE):
            raise InputError(
                _(
                    "Received images of {dtype} {shape}; expected uint8 [N, 28, 28].",
                    dtype=self.images.dtype,
                    shape=list(self.images.shape),
                )
            )
        if self.labels.dtype != np.uint8 or self.labels.shape != self.images.shape[:1]:
            raise InputError(
                _(
                    "Received labels of {dtype} {shape} for {count} images; expected uint8 [N].",
                    dtype=self.labels.dtype,
                    shape=list(self.labels.shape),
                    count=len(self.images),
                )
            )
        if self.labels.size and self.labels.max() >= CLASSES:
            at = int(np.argmax(self.labels >= CLASSES))
            raise InputError(
                _(
                    "Label {value} of image {index} is not a digit; expected 0 to 9.",
                    value=int(self.labels[at]),
                    index=at,
                )
            )

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[npt.NDArray[np.uint8]]:
        return iter((self.images, self.labels))

    def __getitem__(self, index: slice | npt.NDArray[np.intp]) -> LabeledImages:
        """Return the images and labels that ``index`` selects, in its order."""
        return LabeledImages(self.images[index], self.labels[index])

    def hash(self) -> str:
        """Return the sha256 of pixels and labels, in hexadecimal."""
        digest = hashlib.sha256(np.ascontiguousarray(self.images).data)
        digest.update(np.ascontiguousarray(self.labels).data)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """A named data set of one to three splits; unpacks as ``train, test`` the way Keras's does.

    ``(x_train, y_train), (x_test, y_test) = tenfold.load_dataset("mnist")``

    Args:
        name: what to call it.
        splits: "train", "valid" or "test" -> labeled images.
        unlabeled: split -> uint8 [N, 28, 28] of images that came without labels, such as Kaggle's
            test images; no part of ``splits``, of training or of the hash. One of both must hold
            a split.
        notes: sentences for a person on what reading did to the data: turned, placed, left out.
    """

    name: str
    splits: Mapping[str, LabeledImages] = field(repr=False)
    unlabeled: Mapping[str, Images] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not self.splits and not self.unlabeled:
            raise InputError(_("Received a data set without images; expected at least one split."))
        for split in (*self.splits, *self.unlabeled):
            if split not in SPLITS:
                raise UnknownNameError(_("split"), split, SPLITS)
        for field_name in ("splits", "unlabeled"):
            given = getattr(self, field_name)
            ordered = {name: given[name] for name in SPLITS if name in given}
            object.__setattr__(self, field_name, MappingProxyType(ordered))

    def __iter__(self) -> Iterator[LabeledImages]:
        return iter((self.train, self.test))

    def split(self, name: str) -> LabeledImages:
        """Return one split.

        Raises:
            UnknownNameError: if the data set has no such split.
            InputError: if its images have no labels.
        """
        if name not in self.splits and name in self.unlabeled:
            raise InputError(
                _(
                    "The {split} images of {name} have no labels, which this needs; "
                    "tenfold predict MODEL DATA says what they are.",
                    split=name,
                    name=self.name,
                )
            )
        if name not in self.splits:
            raise UnknownNameError(_("split"), name, self.splits)
        return self.splits[name]

    @property
    def train(self) -> LabeledImages:
        """The training images; where a "valid" split exists it is not among them."""
        return self.split("train")

    @property
    def test(self) -> LabeledImages:
        """The test images."""
        return self.split("test")

    def hash(self) -> str:
        """Return the sha256 over the hashes of all splits, in hexadecimal."""
        parts = (f"{name}:{images.hash()}\n" for name, images in self.splits.items())
        return hashlib.sha256("".join(parts).encode()).hexdigest()
