"""A network that does not begin by chance, but with what the one that comes with Tenfold knows."""

from __future__ import annotations

import hashlib

import numpy as np
import onnx
import torch
from torch import nn

from tenfold.models import load_bundled, load_bundled_ink, load_bundled_lines

__all__ = ["begin_with_bundled", "bundled_digest"]

# Where a model file keeps a network that something was put around.
_PREFIX = "network."


def begin_with_bundled(name: str, network: nn.Module) -> None:
    """Put the bundled network's weights into ``network`` where name and shape are the same.

    Args:
        name: "ink", "lines" or "digits".
        network: as chance made it; what the bundled one does not have stays so.
    """
    state = network.state_dict()
    for tensor in onnx.load_from_string(_content(name)).graph.initializer:
        key = tensor.name.removeprefix(_PREFIX)
        values = torch.from_numpy(np.array(onnx.numpy_helper.to_array(tensor)))
        if key in state and state[key].shape == values.shape:
            state[key] = values
    network.load_state_dict(state)


def bundled_digest(name: str) -> str:
    """Return the SHA-256 of the bundled model's file."""
    return hashlib.sha256(_content(name)).hexdigest()


def _content(name: str) -> bytes:
    match name:
        case "ink":
            return load_bundled_ink().content
        case "lines":
            return load_bundled_lines().content
        case _:
            return load_bundled(name).content
