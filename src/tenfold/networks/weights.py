"""What a training left behind: its model, and the weights in files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import onnx
import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import nn

from tenfold.errors import ModelError, RunError
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.records import Run

__all__ = ["PREFIX", "Weights", "check_weights", "kept_weights", "stored_weights"]

Weights: TypeAlias = dict[str, torch.Tensor]

PREFIX = "network."
"""Where a model file has the network whose weights are kept: beside its scaling."""

# State that no answer depends on; model files leave it out.
_UNREAD = "num_batches_tracked"


def kept_weights(run: Run) -> Weights | None:
    """Return the weights as training left them in a run's folder; None if it keeps none.

    Raises:
        StorageError: if they cannot be read.
        RunError: if they are damaged.
    """
    if not run.weights_path.is_file():
        return None
    try:
        return load(run.weights_path.read_bytes())
    except OSError as error:
        raise storage_error(run.weights_path, error) from error
    except (SafetensorError, ValueError) as error:
        raise RunError(
            _("{path} is damaged: {reason}", path=run.weights_path, reason=error)
        ) from error


def stored_weights(name: str, content: bytes, inside: str = PREFIX) -> Weights:
    """Return the weights in an ONNX file, bit for bit, by their names in its network.

    Args:
        name: what to call the file in messages.
        content: of the file.
        inside: what the names of the network's weights begin with in the file.

    Raises:
        ModelError: if the weights are not in the file itself.
    """
    weights = {}
    for tensor in onnx.load_from_string(content).graph.initializer:
        if not tensor.name.startswith(inside):
            continue
        if onnx.external_data_helper.uses_external_data(tensor):
            raise ModelError(_("{model} keeps its weights in another file; refused.", model=name))
        array = np.array(onnx.numpy_helper.to_array(tensor))
        weights[tensor.name.removeprefix(inside)] = torch.from_numpy(array)
    return weights


def check_weights(name: str, weights: Weights, network: nn.Module) -> None:
    """Compare names, types and shapes with those of ``network``.

    Raises:
        ModelError: if they differ; names one that is on one side only.
    """

    def described(values: Mapping[str, torch.Tensor]) -> set[tuple[str, str]]:
        return {
            (key, f"{value.dtype} {list(value.shape)}")
            for key, value in values.items()
            if not key.endswith(_UNREAD)
        }

    wrong = sorted(described(network.state_dict()) ^ described(weights))
    if wrong:
        raise ModelError(
            _(
                "The weights in {model} are not those of its recipe's network: "
                "{name} ({shape}) is on one side only.",
                model=name,
                name=wrong[0][0],
                shape=wrong[0][1],
            )
        )
