"""What ``model.to_json()`` and ``model.save_weights(...)`` write: a network, its weights beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenfold.exchange.formats import _keras

if TYPE_CHECKING:
    from tenfold.exchange._given import Given
    from tenfold.exchange._source import Source
    from tenfold.exchange.formats import Converted

MAKER = "Keras"
ENDINGS = (".json",)


def sniff(source: Source) -> bool:
    """Return whether it is the two."""
    return source.weights is not None


def read(source: Source, pixels: Given | None) -> Converted:
    """Return the network in them, and its card."""
    from tenfold.exchange.formats._keras.file import read_pair

    return _keras.converted(
        source, pixels, lambda: read_pair(source.content, source.weights or b"")
    )
