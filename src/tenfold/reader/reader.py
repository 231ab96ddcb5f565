"""The reader: a picture of any kind to what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import final

import numpy as np

from tenfold.errors import PictureError
from tenfold.imaging import (
    Picture,
    PictureSource,
    Placement,
    Region,
    find_digits,
    find_ink,
    open_picture,
    place,
)
from tenfold.models import Model, load_bundled, load_model
from tenfold.reader.reading import Digit, Reading

__all__ = ["Reader"]


@final
class Reader:
    """Reads handwritten digits in pictures; make one and use it for many.

    ``tenfold.Reader().read("seven.png").text``

    Args:
        model: a model, the path of one, or None for the one that comes with Tenfold.

    Raises:
        ModelError: if the file is no model of ours.
        InputError: if the model's placement is not known here.
    """

    def __init__(self, model: str | Path | Model | None = None) -> None:
        if model is None:
            model = load_bundled()
        elif isinstance(model, str | Path):
            model = load_model(model)
        self.model = model
        self.placement = Placement.from_dict(model.card.placement)

    def read(self, source: PictureSource) -> Reading:
        """Read one picture.

        Args:
            source: a path, the bytes of a picture file, a PIL image, or an array [H, W] or
                [H, W, channels] (see ``tenfold.imaging.open_picture``).

        Returns:
            The reading; an empty one if there is no ink in the picture.

        Raises:
            PictureError: if ``source`` is no readable picture.
        """
        picture = open_picture(source)
        regions = find_digits(find_ink(picture.grey))
        return Reading(self._digits(picture, regions))

    def read_many(self, sources: Iterable[PictureSource]) -> Iterator[Reading | PictureError]:
        """Read pictures one by one; for one that cannot be read, yield its error and go on."""
        for source in sources:
            try:
                yield self.read(source)
            except PictureError as error:
                yield error

    def _digits(self, picture: Picture, regions: tuple[Region, ...]) -> tuple[Digit, ...]:
        if not regions:
            return ()
        placed = np.stack([place(region.ink, self.placement) for region in regions])
        height, width = picture.grey.shape
        factors = (picture.width / width, picture.height / height)
        return tuple(
            Digit(probabilities, region.box.scaled(*factors), image)
            for probabilities, region, image in zip(
                self.model.predict_proba(placed), regions, placed, strict=True
            )
        )
