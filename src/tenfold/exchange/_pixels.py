"""What pixel values a model of another program takes."""

from __future__ import annotations

from tenfold.errors import InputError
from tenfold.exchange._given import GIVEN, Taken
from tenfold.exchange._network import Network
from tenfold.language import text as _
from tenfold.models.scaling import PixelScaling

__all__ = ["scaling_for", "taken_by"]


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


def taken_by(network: Network, pixels: Taken) -> tuple[float, float]:
    """Return factor, and what is then added, that make of pixels of 0 to 255 what is taken."""
    if pixels == "scaled":
        return network.scaling.factor, -network.scaling.offset * network.scaling.factor
    return GIVEN[pixels]
