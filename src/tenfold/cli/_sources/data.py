"""A data set as a source."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.cli._sources.choices import Choices
from tenfold.cli._sources.mapped import MappedDigits, map_digits
from tenfold.cli._sources.picture import read_digits
from tenfold.data import Images, LabeledImages, Labels, load_dataset
from tenfold.language import text as _

__all__ = ["DataSource"]


class DataSource:
    """One split of a data set, the first that there is unless one is chosen."""

    def __init__(self, name: str, choices: Choices) -> None:
        data = load_dataset(name)
        self._data: LabeledImages = data.split(choices.split or next(iter(data.splits)))
        self._choices = choices

    @staticmethod
    def kind() -> str:
        """What this is, for a person."""
        return _("a data set")

    @property
    def images(self) -> Images:
        """uint8 [N, 28, 28]."""
        return self._data.images

    @property
    def labels(self) -> Labels:
        """uint8 [N]."""
        return self._data.labels

    @property
    def side(self) -> int | None:
        """Images in a row, if chosen."""
        return self._choices.side

    @cached_property
    def _map(self) -> MappedDigits:
        picture = self._choices.picture
        placed = None if picture is None else read_digits(picture)[0].placed
        return map_digits(self._data, placed, _pixels, self._choices)

    @property
    def points(self) -> npt.NDArray[np.float64]:
        """float64 [N, 2]: where digits lie by their pixels alone."""
        return self._map.points

    @property
    def digits(self) -> Labels:
        """uint8 [N]: which digit each point is."""
        return self._map.chosen.labels

    @property
    def thumbnails(self) -> Images:
        """uint8 [N, 28, 28]: the image of each point."""
        return self._map.chosen.images

    @property
    def mark(self) -> npt.NDArray[np.float64] | None:
        """float64 [2]: the chosen picture's place."""
        return self._map.mark

    @property
    def method(self) -> str:
        """How the points were placed."""
        return _("pixels, {method}", method=self._map.method)


def _pixels(images: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """One row of 784 pixels from 0 to 1 an image."""
    scale = 255 if images.dtype == np.uint8 else 1
    return np.asarray(images.reshape(len(images), -1) / scale, np.float32)
