"""Pictures to placed digits: decode, find the ink, find its lines, place each digit the MNIST way.

Each step is a function from one plain value to the next::

    open_picture(source)      -> Picture   gray, float32 [h, w], 0 black .. 1 white
    find_ink(picture.gray)    -> Ink       float32 [h, w], 0 paper .. 1 full ink
    find_lines(ink)           -> lines     where strokes stand side by side
    cut_strip(ink.tone, line) -> Strip     float32 [40, w], in which a network finds the digits
    cut_digit(ink.cover, box) -> Region    the ink of one digit alone
    place(region.ink)         -> placed    float32 [28, 28], bright ink on black
"""

from __future__ import annotations

from tenfold.imaging.ink import Ink, find_ink
from tenfold.imaging.picture import Picture, PictureSource, open_picture
from tenfold.imaging.placement import Placement, place
from tenfold.imaging.regions import Box, Region

__all__ = [
    "Box",
    "Ink",
    "Picture",
    "PictureSource",
    "Placement",
    "Region",
    "find_ink",
    "open_picture",
    "place",
]
