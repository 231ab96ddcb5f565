"""Pictures to placed digits: decode, find the ink, find the digit, place it the MNIST way.

Each step is a function from one plain value to the next::

    open_picture(source)      -> Picture   grey, float32 [h, w], 0 black .. 1 white
    find_ink(picture.grey)    -> Ink       float32 [h, w], 0 paper .. 1 full ink
    find_digits(ink)          -> regions   a box and the ink inside, at most one so far
    place(region.ink)         -> placed    float32 [28, 28], bright ink on black
"""

from __future__ import annotations

from tenfold.imaging.digits import Box, Region, find_digits
from tenfold.imaging.ink import Ink, find_ink
from tenfold.imaging.picture import Picture, PictureSource, open_picture
from tenfold.imaging.placement import Placement, place

__all__ = [
    "Box",
    "Ink",
    "Picture",
    "PictureSource",
    "Placement",
    "Region",
    "find_digits",
    "find_ink",
    "open_picture",
    "place",
]
