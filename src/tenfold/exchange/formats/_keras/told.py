"""What pixels an exported Keras model takes, as its file carries it."""

from __future__ import annotations

import msgspec

from tenfold.errors import ModelError
from tenfold.language import text as _

__all__ = ["PIXELS", "told_pixels"]

PIXELS = "tenfold.pixels"
"""An attribute of a .h5 file, or a member of a .keras archive: in JSON, a factor, and what is then
added, that make of pixels of 0 to 255 what the model takes."""

_LARGEST = 1e12


def told_pixels(content: bytes) -> tuple[float, float]:
    """Return both numbers.

    Raises:
        ModelError: if they are none.
    """
    try:
        factor, added = msgspec.json.decode(content, type=tuple[float, float])
    except msgspec.DecodeError as error:
        raise ModelError(
            _("The file's scaling of pixels is damaged: {reason}", reason=error)
        ) from error
    if not (0 < abs(factor) < _LARGEST and abs(added) < _LARGEST):
        raise ModelError(_("The model scales pixels by {factor:.3g}; refused.", factor=factor))
    return factor, added
