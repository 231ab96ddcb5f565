"""What ``torch.export.save`` writes: a program in a zip file, the card beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenfold.exchange.formats import _ours

if TYPE_CHECKING:
    from tenfold.exchange._given import Given, Taken
    from tenfold.exchange._source import Source
    from tenfold.exchange.formats import Converted
    from tenfold.models import Model

MAKER = "tenfold export"
ENDINGS = (".pt2",)


def sniff(source: Source) -> bool:
    """Return whether it is an archive, and none of Keras's."""
    return bool(source.members) and "config.json" not in source.members


def read(source: Source, pixels: Given | None) -> Converted:
    """Return the network of the card with the weights in it, and the card."""
    _ours.need_to_read()
    from tenfold.exchange._archive import opened_archive
    from tenfold.exchange.formats._torch import read_program

    return _ours.converted(read_program(opened_archive(source.content)), source, pixels)


def write(model: Model, pixels: Taken) -> bytes:
    """Return the file."""
    network = _ours.network_of(model)
    from tenfold.exchange._pixels import scaling_for
    from tenfold.exchange.formats._torch import written_program

    return written_program(network, scaling_for(network, pixels))
