"""What the formats share that carry a card of ours: ``tenfold export`` wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenfold.errors import InputError
from tenfold.exchange._needs import TORCH, need
from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.exchange._given import Given
    from tenfold.exchange._network import Network
    from tenfold.exchange._source import Source
    from tenfold.exchange.formats import Converted
    from tenfold.models import Model

__all__ = ["converted", "need_to_read", "network_of"]


def need_to_read() -> None:
    """Check that what builds networks is installed."""
    need("train", _("Reading PyTorch's files"), *TORCH)


def converted(network: Network, source: Source, pixels: Given | None) -> Converted:
    """Return the network that ``source`` holds, and its card.

    Raises:
        InputError: if pixels are given; the card says them.
    """
    if pixels is not None:
        raise InputError(
            _("{name} says what pixels it takes; leave --pixels out.", name=source.path.name)
        )
    return network.whole(), network.card


def network_of(model: Model) -> Network:
    """Return the network in ``model``, once what writing it needs is known to be installed."""
    need("train", _("Writing PyTorch's files"), *TORCH)
    from tenfold.exchange._network import from_model

    return from_model(model)
