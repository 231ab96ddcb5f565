"""What is kept as plain JSON data: every such struct says itself in the same way."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["PlainStruct"]


class PlainStruct(msgspec.Struct, frozen=True):
    """A frozen struct that is written to files, or travels, as plain JSON data."""

    def to_dict(self) -> dict[str, Any]:
        """Return all fields as plain JSON data; what a struct leaves out by default is left out."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain
