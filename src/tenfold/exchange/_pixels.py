"""What pixel values a model of another program takes."""

from __future__ import annotations

from typing import Literal, TypeAlias

from tenfold.errors import InputError
from tenfold.exchange._network import Network
from tenfold.language import text as _
from tenfold.training._scaling import PixelScaling

__all__ = ["GIVEN", "Given", "Taken", "scaling_for"]

Taken: TypeAlias = Literal["unit", "bytes", "scaled"]
"""What an exported model takes: pixels of 0 to 1, pixels of 0 to 255, or pixels that were scaled
as its recipe says before they are given to it."""

Given: TypeAlias = Literal["unit", "bytes", "signed"]
"""What a converted model took: pixels of 0 to 1, of 0 to 255, or of -1 to 1."""

GIVEN: dict[Given, tuple[float, float]] = {
    "unit": (1 / 255, 0.0),
    "bytes": (1.0, 0.0),
    "signed": (1 / 127.5, -1.0),
}
"""Factor, and what is then added, that make such a value of a pixel of 0 to 255."""


def scaling_for(network: Network, pixels: Taken) -> PixelScaling:
    """Return the scaling that a model which takes such pixels does itself.

    Raises:
        InputError: for another word; or if scaled pixels are to be shifted, and what a shift brings
            in would not be what the network knows as black.
    """
    own = network.scaling
    match pixels:
        case "unit":
            return PixelScaling(own.name, own.offset / 255, own.factor * 255)
        case "bytes":
            return own
        case "scaled":
            if network.shifts and own.offset:
                raise InputError(
                    _(
                        "{name} averages its answers over shifts, which bring in black before the "
                        "pixels are scaled; its scaling cannot be left out. Use --pixels unit or "
                        "bytes.",
                        name=network.card.name,
                    )
                )
            return PixelScaling("raw", 0.0, 1.0)
        case _:
            raise InputError(
                _("Received pixels {pixels!r}; expected unit, bytes or scaled.", pixels=pixels)
            )
