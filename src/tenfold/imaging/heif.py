"""HEIC photographs, which Pillow decodes with the help of pillow-heif, an extra."""

from __future__ import annotations

from typing import IO

from tenfold.errors import PictureError
from tenfold.language import text as _

__all__ = ["FORMAT", "is_heif", "prepare"]

FORMAT = "HEIF"
"""What Pillow calls the format, once pillow-heif is registered."""

# An ISO base media file begins with a box "ftyp" that names its brands. AVIF, which Pillow decodes
# itself, has brands of its own, though it may list these among those it is compatible with.
_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_OTHER = {b"avif", b"avis"}
_HEAD = 64


def is_heif(file: IO[bytes]) -> bool:
    """Whether a file that is open at its beginning says that it is HEIC; it is left there."""
    head = file.read(_HEAD)
    file.seek(0)
    if head[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(head[:4]), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}
    return bool(brands & _BRANDS) and not brands & _OTHER


def prepare() -> None:
    """Teach Pillow the format.

    Raises:
        PictureError: if pillow-heif is not installed.
    """
    try:
        from pillow_heif import register_heif_opener
    except ImportError as error:
        raise PictureError(
            _(
                "It is a HEIC picture; to read those, install what decodes them: "
                "pip install 'tenfold[heic]'. Or save it as JPEG."
            )
        ) from error
    register_heif_opener()
