"""The fields of a protobuf message, read where they lie.

ONNX files are protobuf. The library for it takes longer to import than a picture takes to read,
and would copy every weight to look at a name.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["Field", "WireError", "fields", "varint"]

Field = tuple[int, "int | memoryview"]
"""A field's number, and its value: a number, or the bytes of a text, a message or an array."""

_FIXED = {1: 8, 5: 4}


class WireError(ValueError):
    """Bytes that are no protobuf message."""


def fields(message: memoryview) -> Iterator[Field]:
    """Give the fields of a message in their order; nothing is copied.

    Raises:
        WireError: where the bytes are no message.
    """
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        if key >> 32:
            # Readers differ in what they make of such a one.
            raise WireError("a field of too large a number")
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = varint(message, at)
            yield number, value
            continue
        if kind == 2:
            size, at = varint(message, at)
        elif kind in _FIXED:
            size = _FIXED[kind]
        else:
            raise WireError(f"a field of kind {kind}")
        if size > len(message) - at:
            raise WireError("a field ends after its message")
        yield number, message[at : at + size]
        at += size


def varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return the whole number of 64 bits that starts at ``at``, and where the next one starts.

    Raises:
        WireError: if it does not end.
    """
    value = 0
    for shift, byte in enumerate(message[at : at + 10]):
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at + shift + 1
    raise WireError("a number does not end")
