"""What ``model.save("final_model.h5")`` writes, in Keras 2 and 3: HDF5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenfold.exchange.formats import _keras

if TYPE_CHECKING:
    from tenfold.exchange._given import Given, Taken
    from tenfold.exchange._source import Source
    from tenfold.exchange.formats import Converted
    from tenfold.models import Model

MAKER = "Keras"
ENDINGS = (".h5", ".hdf5")

_HDF5 = b"\x89HDF\r\n\x1a\n"


def sniff(source: Source) -> bool:
    """Return whether it is HDF5, by itself."""
    return source.weights is None and source.content.startswith(_HDF5)


def read(source: Source, pixels: Given | None) -> Converted:
    """Return the network in it, and its card."""
    from tenfold.exchange.formats._keras.file import read_h5

    return _keras.converted(source, pixels, lambda: read_h5(source.content))


def write(model: Model, pixels: Taken) -> bytes:
    """Return the file."""
    return _keras.written(model, pixels, "h5")
