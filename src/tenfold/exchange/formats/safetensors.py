"""safetensors: the weights by name, and the card in the metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenfold.exchange.formats import _ours
from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.exchange._given import Given, Taken
    from tenfold.exchange._source import Source
    from tenfold.exchange.formats import Converted
    from tenfold.models import Model

MAKER = "tenfold export"
ENDINGS = (".safetensors",)


def sniff(source: Source) -> bool:
    """Return whether it begins with the length of a header, and that in JSON."""
    return source.weights is None and source.content[8:9] == b"{" and not source.members


def read(source: Source, pixels: Given | None) -> Converted:
    """Return the network of the card with these weights, and the card."""
    _ours.need_to_read()
    from tenfold.exchange.formats._safetensors import read_safetensors

    return _ours.converted(read_safetensors(source.content), source, pixels)


def write(model: Model, pixels: Taken) -> bytes:  # noqa: ARG001 - fixed
    """Return the file."""
    network = _ours.network_of(model)
    from tenfold.exchange.formats._safetensors import written_safetensors

    return written_safetensors(network)


def fixed() -> str:
    """Say why pixels cannot be chosen."""
    return _("a safetensors file holds weights alone")
