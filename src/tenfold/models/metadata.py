"""A model file's bytes with another card in them; the network in them stays as it is."""

from __future__ import annotations

from tenfold.errors import ModelError
from tenfold.language import text as _
from tenfold.models._wire import WireError, fields
from tenfold.models.card import CARD_KEY, Card

__all__ = ["with_card"]

# Numbers of the fields in ONNX's messages.
_METADATA, _KEY, _VALUE = 14, 1, 2


def with_card(content: bytes, card: Card) -> bytes:
    """Return the bytes of an ONNX file, with ``card`` in place of the one that it carries.

    Raises:
        ModelError: if they are no ONNX file.
    """
    try:
        kept = [
            _field(number, value)
            for number, value in fields(memoryview(content))
            if not (number == _METADATA and _key(value) == CARD_KEY)
        ]
    except WireError as error:
        raise ModelError(
            _("This is not an ONNX model that can be run: {reason}", reason=error)
        ) from error
    entry = _field(_KEY, CARD_KEY.encode()) + _field(_VALUE, card.to_json().encode())
    return b"".join([*kept, _field(_METADATA, entry)])


def _key(entry: int | memoryview) -> str:
    if isinstance(entry, int):
        return ""
    keys = [value for number, value in fields(entry) if number == _KEY]
    return bytes(keys[-1]).decode(errors="replace") if keys and keys[-1] else ""


def _field(number: int, value: int | bytes | memoryview) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + bytes(value)


def _varint(number: int) -> bytes:
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])
