"""Models as PyTorch's exported programs (.pt2): the graph, its weights, and the card beside them.

Read without PyTorch's own loader, which unpickles: the archive is a zip file, in which each tensor
lies as its bytes and a table in JSON says name, type and shape.
"""

from __future__ import annotations

import io
from math import prod
from zipfile import ZipFile

import msgspec
import torch

from tenfold.errors import ModelError
from tenfold.exchange._archive import member
from tenfold.exchange._network import Network, from_weights
from tenfold.language import text as _
from tenfold.models import CARD_KEY, Card
from tenfold.models.scaling import PixelScaling
from tenfold.networks.weights import Weights

__all__ = ["read_program", "written_program"]

_CARD = f"extra/{CARD_KEY}"
_WEIGHTS = "data/weights/"
_TABLE = _WEIGHTS + "model_weights_config.json"
_PREFIX = "network."
_FLOAT32 = 7
"""What the archive's table calls float32."""


class _Size(msgspec.Struct):
    as_int: int


class _Meta(msgspec.Struct):
    dtype: int
    sizes: list[_Size]
    strides: list[_Size]
    storage_offset: _Size


class _Entry(msgspec.Struct):
    path_name: str
    use_pickle: bool
    tensor_meta: _Meta


class _Table(msgspec.Struct):
    config: dict[str, _Entry]


def written_program(network: Network, scaling: PixelScaling) -> bytes:
    """Return the file of a program: pixels float32 [N, 1, 28, 28] -> logits [N, 10 or 11].

    Args:
        network: what to write.
        scaling: of pixels, done in the program.
    """
    program = torch.export.export(
        network.answering(scaling),
        (torch.zeros(2, 1, 28, 28),),
        dynamic_shapes=({0: torch.export.Dim("N")},),
    )
    buffer = io.BytesIO()
    card: dict[str, object] = {CARD_KEY: network.card.to_json()}
    torch.export.save(program, buffer, extra_files=card)
    return buffer.getvalue()


def read_program(archive: ZipFile) -> Network:
    """Return the network in a file that ``tenfold export`` wrote; its graph is not run.

    Raises:
        ModelError: if it is damaged, has no card, or its weights are not the card's.
    """
    names = archive.namelist()
    root = names[0].partition("/")[0] + "/"
    if root + _CARD not in names:
        raise ModelError(
            _(
                "This file of PyTorch's carries no card of Tenfold's, and running what it holds "
                "would not be safe; expected one that tenfold export wrote."
            )
        )
    if root + _TABLE not in names:
        raise ModelError(
            _(
                "The archive is laid out as another version of PyTorch does it; "
                "export the model again with this one, or to safetensors."
            )
        )
    card = Card.from_json(member(archive, root + _CARD).decode(errors="replace"))
    try:
        table = msgspec.json.decode(member(archive, root + _TABLE), type=_Table).config
    except msgspec.DecodeError as error:
        raise ModelError(
            _("The table of weights in the archive is damaged: {reason}", reason=error)
        ) from error
    weights: Weights = {
        name.removeprefix(_PREFIX): _tensor(archive, root, name, entry)
        for name, entry in table.items()
        if not name.endswith("num_batches_tracked")
    }
    return from_weights(card, weights)


def _tensor(archive: ZipFile, root: str, name: str, entry: _Entry) -> torch.Tensor:
    meta = entry.tensor_meta
    sizes = [size.as_int for size in meta.sizes]
    packed = [prod(sizes[at + 1 :]) for at in range(len(sizes))]
    strides = [stride.as_int for stride in meta.strides]
    plain = not entry.use_pickle and meta.dtype == _FLOAT32 and meta.storage_offset.as_int == 0
    content = member(archive, root + _WEIGHTS + entry.path_name) if plain else b""
    if not plain or strides != packed or len(content) != 4 * prod(sizes) or not content:
        raise ModelError(
            _("The weights {name} are not plain numbers of 32 bits; refused.", name=name)
        )
    return torch.frombuffer(bytearray(content), dtype=torch.float32).reshape(sizes)
