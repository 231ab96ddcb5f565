"""A network that does not begin by chance, but with what the one that comes with Tenfold knows."""

from __future__ import annotations

import hashlib

from torch import nn

from tenfold.models.bundled import LINES, SIGNS, bundled_file
from tenfold.networks.weights import PREFIX, stored_weights

__all__ = ["begin_with_bundled", "bundled_digest"]


def begin_with_bundled(name: str, network: nn.Module) -> None:
    """Put the bundled network's weights into ``network`` where name and shape are the same.

    Args:
        name: "ink", "lines", "digits" or "signs".
        network: as chance made it; what the bundled one does not have stays so.
    """
    # Nothing is put around these two in their files.
    inside = "" if name in (LINES, SIGNS) else PREFIX
    known = stored_weights(name, bundled_file(name), inside)
    state = network.state_dict()
    same = {key for key in known.keys() & state.keys() if known[key].shape == state[key].shape}
    network.load_state_dict(state | {key: known[key] for key in same})


def bundled_digest(name: str) -> str:
    """Return the SHA-256 of the bundled model's file."""
    return hashlib.sha256(bundled_file(name)).hexdigest()
