"""What ``model.save("final_model.keras")`` writes, in Keras 3: a zip file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenfold.exchange.formats import _keras

if TYPE_CHECKING:
    from tenfold.exchange._given import Given, Taken
    from tenfold.exchange._source import Source
    from tenfold.exchange.formats import Converted
    from tenfold.models import Model

MAKER = "Keras"
ENDINGS = (".keras",)


def sniff(source: Source) -> bool:
    """Return whether it is an archive with the description of a network of Keras's."""
    return "config.json" in source.members


def read(source: Source, pixels: Given | None) -> Converted:
    """Return the network in it, and its card."""
    from tenfold.exchange.formats._keras.file import read_archive

    return _keras.converted(source, pixels, lambda: read_archive(source.content))


def write(model: Model, pixels: Taken) -> bytes:
    """Return the file."""
    return _keras.written(model, pixels, "keras")
