"""What a reader is made of, as it travels to other processes and machines."""

from __future__ import annotations

import hashlib
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2

from tenfold.models import InkModel, LineModel, Model, SignModel
from tenfold.reader.attempts import Layout
from tenfold.reader.transcript import Signs

if TYPE_CHECKING:
    from tenfold.reader.reader import Reader

__all__ = ["ReaderSetup"]


@dataclass(frozen=True, slots=True)
class ReaderSetup:
    """The files and settings of a reader.

    Args:
        model: the file that tells digits apart, whole.
        lines: the file that finds them, whole.
        ink: the file that finds ink, whole.
        sign_model: the file that tells signs apart, whole.
        layout: "digit", "line" or "page" if all pictures are of that kind.
        threshold: how probable a digit must be to stand in the text, 0 to 1.
        at_accuracy: how probable it must be that a text is right to need no person's look.
        signs: whether texts keep the signs of numbers.
        folder: where paths that are not absolute begin.
    """

    model: bytes
    lines: bytes
    ink: bytes
    sign_model: bytes
    layout: Layout | None
    threshold: float
    at_accuracy: float | None
    signs: Signs
    folder: str

    @classmethod
    def of(cls, reader: Reader) -> ReaderSetup:
        """Return what ``reader`` is made of, to read what this process would."""
        return cls(
            model=reader.model.content,
            lines=reader.lines.content,
            ink=reader.ink.content,
            sign_model=reader.sign_model.content,
            layout=reader.layout,
            threshold=reader.threshold,
            at_accuracy=reader.at_accuracy,
            signs=reader.signs,
            folder=os.getcwd(),  # noqa: PTH109 - plain text, as it travels
        )

    @property
    def model_hash(self) -> str:
        """SHA-256 of ``model``, in hexadecimal."""
        return hashlib.sha256(self.model).hexdigest()

    @property
    def finders_hash(self) -> str:
        """SHA-256 of ``lines``, ``ink`` and ``sign_model``, one after the other, in hexadecimal."""
        return hashlib.sha256(self.lines + self.ink + self.sign_model).hexdigest()

    def make(self, kind: type[Reader]) -> Reader:
        """Make a worker's own reader; where all cores are at work, a network takes one."""
        # All cores are at work already; OpenCV would start a thread for each of them.
        cv2.setNumThreads(1)
        # Nobody set up how this process warns; what is wrong with a picture comes back as an error.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        return kind(
            Model(self.model, threads=1),
            layout=self.layout,
            threshold=self.threshold,
            at_accuracy=self.at_accuracy,
            signs=self.signs,
            lines=LineModel(self.lines, threads=1),
            ink=InkModel(self.ink, threads=1),
            sign_model=SignModel(self.sign_model, threads=1),
        )
