"""One 28x28 picture as PNG bytes, the form in which folders and Parquet files hold digits."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.data.images import SIZE
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["MAX_PNG", "decode_png", "encode_png", "is_plain"]

MAX_PNG = 1 << 16
"""The most bytes that the PNG of one digit may have; 28x28 pixels need under 1,000."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PLAIN = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 0, 0, 0, 0)
_CHANNELS = {0: 1, 2: 3, 3: 1}
"""Color type -> samples a pixel: gray, red-green-blue, palette; those with alpha are refused."""


def encode_png(image: npt.NDArray[np.uint8]) -> bytes:
    """Return ``image``, uint8 [h, w], as a gray PNG."""
    done, content = cv2.imencode(".png", image)
    assert done
    return content.tobytes()


def decode_png(content: bytes, where: Path | str) -> npt.NDArray[np.uint8]:
    """Return the gray levels of one PNG, uint8 [28, 28].

    Everything is checked before the decoder sees it: checksums, size and the unpacked length.

    Args:
        content: the bytes of the file.
        where: what to call the picture in a message.

    Raises:
        FormatError: if it is no PNG, damaged, transparent, or not 28x28.
    """
    if not content.startswith(_SIGNATURE) or len(content) > MAX_PNG:
        raise FormatError(
            _("{where} is not a PNG of at most {limit} bytes.", where=where, limit=MAX_PNG)
        )
    try:
        header, packed = _chunks(content)
        expected = _unpacked_size(header, where)
        unpacker = zlib.decompressobj()
        intact = len(unpacker.decompress(packed, expected + 1)) == expected
    except (struct.error, zlib.error) as error:
        raise FormatError(
            _("{where} is a damaged PNG: {reason}.", where=where, reason=error)
        ) from error
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if intact else None
    if image is None or image.shape != (SIZE, SIZE):
        raise FormatError(_("{where} is a damaged PNG.", where=where))
    return np.asarray(image, np.uint8)


def is_plain(content: bytes) -> bool:
    """Return whether ``content`` begins as a PNG of 28x28 with 8 bits of gray, not interlaced."""
    return content.startswith(_SIGNATURE) and content[16:29] == _PLAIN and len(content) <= MAX_PNG


def _chunks(content: bytes) -> tuple[bytes, bytes]:
    """Return the header and the joined image data of a PNG whose checksums all hold."""
    header = b""
    packed = b""
    at = len(_SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind = content[at + 4 : at + 8]
        (checksum,) = struct.unpack_from(">I", content, at + 8 + length)
        if zlib.crc32(content[at + 4 : at + 8 + length]) != checksum:
            raise zlib.error("CRC")
        if kind == b"IHDR":
            header = content[at + 8 : at + 8 + length]
        elif kind == b"IDAT":
            packed += content[at + 8 : at + 8 + length]
        elif kind == b"IEND":
            return header, packed
        at += 12 + length
    raise zlib.error("IEND")


def _unpacked_size(header: bytes, where: Path | str) -> int:
    """Return how many bytes the pixels must unpack to."""
    width, height, depth, color, _compression, _filter, interlaced = struct.unpack(
        ">IIBBBBB", header
    )
    if (width, height) != (SIZE, SIZE):
        raise FormatError(
            _(
                "{where} is {width}x{height} pixels; expected 28x28.",
                where=where,
                width=width,
                height=height,
            )
        )
    if color not in _CHANNELS or interlaced:
        raise FormatError(
            _("{where} is transparent or interlaced; expected a plain gray PNG.", where=where)
        )
    return int(SIZE * (1 + (SIZE * _CHANNELS[color] * depth + 7) // 8))
