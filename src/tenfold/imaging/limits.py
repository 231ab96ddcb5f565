"""How large a picture may be, checked before anything is decoded."""

from __future__ import annotations

from tenfold.errors import PictureError
from tenfold.language import text as _

__all__ = ["MAX_BYTES", "MAX_PIXELS", "check_bytes", "check_pixels"]

MAX_PIXELS = 64_000_000
MAX_BYTES = 256 * 2**20


def check_pixels(width: int, height: int) -> None:
    """Refuse a picture of more than ``MAX_PIXELS`` pixels.

    Raises:
        PictureError: if it is larger.
    """
    if width * height > MAX_PIXELS:
        raise PictureError(
            _(
                "The picture has {width} x {height} pixels; at most {limit} million are read. "
                "Make it smaller or cut out the part with the digit.",
                width=width,
                height=height,
                limit=MAX_PIXELS // 1_000_000,
            )
        )


def check_bytes(count: int) -> None:
    """Refuse a file that is empty or longer than ``MAX_BYTES``.

    Raises:
        PictureError: if it is.
    """
    if count == 0:
        raise PictureError(_("There are no bytes in it; expected a picture file."))
    if count > MAX_BYTES:
        raise PictureError(
            _(
                "The file is longer than {limit} MB, the most that is read. Make it smaller.",
                limit=MAX_BYTES // 2**20,
            )
        )
