"""A placed digit as it travels in JSON."""

from __future__ import annotations

import base64
import binascii
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tenfold.data.images import SIZE
from tenfold.errors import InputError
from tenfold.language import text as _

__all__ = ["ENCODED", "as_base64", "decoded", "from_base64"]

ENCODED = 4 * -(-SIZE * SIZE // 3)
"""Characters of a placed digit in base64."""

Bytes: TypeAlias = npt.NDArray[np.uint8]


def as_base64(values: Bytes | npt.NDArray[np.float32]) -> str:
    """Return bytes, row by row, in base64; float32 of 0 to 1 become bytes of 0 to 255."""
    if values.dtype != np.uint8:
        values = np.rint(values * 255).astype(np.uint8)
    return base64.b64encode(values.tobytes()).decode()


def from_base64(content: str) -> Bytes:
    """Return uint8 [28, 28] from base64 of 784 bytes, row by row, bright ink on black.

    Raises:
        InputError: if it is no base64, or of another number of bytes.
    """
    pixels = decoded(content, "placed")
    if len(pixels) != SIZE * SIZE:
        raise InputError(
            _(
                "Received {count} bytes as placed; expected {expected}, one for each pixel.",
                count=len(pixels),
                expected=SIZE * SIZE,
            )
        )
    return np.frombuffer(pixels, np.uint8).reshape(SIZE, SIZE)


def decoded(content: str, name: str) -> bytes:
    """Return the bytes that base64 stands for.

    Raises:
        InputError: if it is none, saying that ``name`` is not.
    """
    try:
        return base64.b64decode(content, validate=True)
    # ValueError: characters beyond ASCII.
    except (binascii.Error, ValueError) as error:
        raise InputError(_("{name} is not base64: {reason}.", name=name, reason=error)) from error
