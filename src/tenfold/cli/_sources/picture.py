"""A picture as a source, read with the model that comes with Tenfold."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.models import Model
from tenfold.reader import Digit, Reader

__all__ = ["PictureSource", "read_digits"]


class PictureSource:
    """The digits of one picture, as a model saw them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @staticmethod
    def kind() -> str:
        """What this is, for a person."""
        return _("a picture")

    @cached_property
    def _digits(self) -> tuple[Digit, ...]:
        return read_digits(self._path)

    @cached_property
    def images(self) -> npt.NDArray[np.uint8]:
        """uint8 [N, 28, 28]: the digits found, placed."""
        placed = np.stack([digit.placed for digit in self._digits])
        return np.asarray(np.rint(placed * 255), np.uint8)

    labels = None

    @cached_property
    def probabilities(self) -> npt.NDArray[np.float32]:
        """float32 [N, 10]: of each digit found, given that it is one; each row adds up to 1."""
        found = np.stack([digit.probabilities for digit in self._digits])
        shares: npt.NDArray[np.float32] = found / found.sum(1, keepdims=True)
        return shares


def read_digits(path: Path, model: Path | Model | None = None) -> tuple[Digit, ...]:
    """Return the digits in a picture, at least one.

    Raises:
        PictureError: if it is no readable picture.
        InputError: if there is no ink in it.
    """
    digits = Reader(model).read(path).digits
    if not digits:
        raise InputError(_("No digit was found in {path}.", path=path))
    return digits
