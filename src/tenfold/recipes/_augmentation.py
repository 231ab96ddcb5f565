"""How training images are changed each time that they are seen, as frozen data."""

from __future__ import annotations

from typing import Annotated

import msgspec

__all__ = ["Augmentation"]

Amount = Annotated[float, msgspec.Meta(ge=0)]


class Augmentation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Affine and elastic changes of an image, each drawn from a normal distribution around none.

    Args:
        rotation: standard deviation, in degrees.
        stretch: of the logarithms of width and of height, each drawn by itself.
        shear: of the tangent by which uprights lean.
        shift: across and down, in pixels.
        elastic: of the displacement at each knot of an even grid over the image, smooth in
            between, in pixels (after Simard, Steinkraus and Platt 2003).
        knots: how many knots that grid has on each side.
        plain_epochs: so many epochs at the end see the images as they are.
    """

    rotation: Amount = 0.0
    stretch: Amount = 0.0
    shear: Amount = 0.0
    shift: Amount = 0.0
    elastic: Amount = 0.0
    knots: Annotated[int, msgspec.Meta(ge=2, le=28)] = 5
    plain_epochs: Annotated[int, msgspec.Meta(ge=0)] = 0
