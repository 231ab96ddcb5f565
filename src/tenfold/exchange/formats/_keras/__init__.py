"""What Keras's formats share: what they need, and the way to a network of ours and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tenfold.exchange._needs import TORCH, need
from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.exchange._given import Given, Taken
    from tenfold.exchange._source import Source
    from tenfold.exchange.formats import Converted
    from tenfold.exchange.formats._keras.file import KerasFile
    from tenfold.models import Model

__all__ = ["converted", "written"]


def converted(source: Source, pixels: Given | None, opened: Callable[[], KerasFile]) -> Converted:
    """Return the network in what ``opened`` reads of ``source``, and its card."""
    need("keras", _("Reading Keras files"), "h5py", *TORCH)
    file = opened()
    from tenfold.exchange.formats._keras.network import keras_network

    return keras_network(file, source.path.name, source.digest, pixels)


def written(model: Model, pixels: Taken, ending: str) -> bytes:
    """Return ``model`` as the file that Keras writes under a name with such an ending."""
    need("keras", _("Writing Keras files"), "keras", "h5py", *TORCH)
    from tenfold.exchange._network import from_model
    from tenfold.exchange._pixels import scaling_for, taken_by
    from tenfold.exchange.formats._keras.writer import written_keras

    network = from_model(model)
    return written_keras(network, scaling_for(network, pixels), ending, taken_by(network, pixels))
