"""Models as safetensors files: the weights by name, and the card in the metadata."""

from __future__ import annotations

import safetensors
from safetensors.torch import load, save

from tenfold.errors import ModelError
from tenfold.exchange._network import Network, from_weights
from tenfold.language import text as _
from tenfold.models import CARD_KEY, Card

__all__ = ["read_safetensors", "written_safetensors"]


def written_safetensors(network: Network) -> bytes:
    """Return the file: tensors named as in ``training.build_network``, and ``tenfold.card``."""
    tensors = {
        name: value.contiguous()
        for name, value in network.body.state_dict().items()
        # A count that PyTorch keeps and nothing reads.
        if not name.endswith("num_batches_tracked")
    }
    return save(tensors, metadata={"format": "pt", CARD_KEY: network.card.to_json()})


def read_safetensors(content: bytes) -> Network:
    """Return the network in a file that ``tenfold export`` wrote.

    Raises:
        ModelError: if it is damaged, has no card, or its weights are not the card's.
    """
    try:
        metadata = _metadata(content)
        tensors = load(content)
    except (safetensors.SafetensorError, ValueError, KeyError, RecursionError) as error:
        raise ModelError(_("The safetensors file is damaged: {reason}", reason=error)) from error
    if CARD_KEY not in metadata:
        raise ModelError(
            _(
                "This safetensors file carries no card of Tenfold's, so nothing says what its "
                "weights belong to; expected one that tenfold export wrote."
            )
        )
    return from_weights(Card.from_json(metadata[CARD_KEY]), tensors)


def _metadata(content: bytes) -> dict[str, str]:
    """The metadata of a file held in memory, which the library opens from a path alone."""
    import msgspec

    length = int.from_bytes(content[:8], "little")
    try:
        header = msgspec.json.decode(content[8 : 8 + length], type=dict[str, msgspec.Raw])
        raw = header.get("__metadata__", msgspec.Raw(b"{}"))
        return msgspec.json.decode(raw, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error
