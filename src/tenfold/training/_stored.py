"""A network's weights as a model file holds them."""

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
from tenfold.runs import Run

__all__ = ["Weights", "check_weights", "kept_weights", "stored_weights"]

Weights: TypeAlias = dict[str, torch.Tensor]

# The names that the exporter gives a network's weights in a model file.
_PREFIX = "network."
# What it calls a bias that a batch normalization left behind in the layer before it.
_FOLDED = "weight_bias"
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


def stored_weights(name: str, content: bytes, network: nn.Module) -> Weights:
    """Return the weights in an ONNX file by their names in ``network``.

    They are the file's bit for bit. The exporter makes a batch normalization part of the layer
    before it where nothing stands between; it is then put back as one that adds that layer's bias
    and changes nothing more. It leaves out a bias of zeros.

    Args:
        name: what to call the file in messages.
        content: of the file.
        network: of the same recipe; it may be without memory (on the device "meta").

    Raises:
        ModelError: if the weights are not in the file itself.
    """
    stored = _initializers(name, content)
    found: Weights = {}
    before = ""
    for path, module in network.named_modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and path + ".weight" not in stored:
            bias = stored.pop(f"{before}.{_FOLDED}", None)
            if bias is None and f"{before}.bias" in stored:
                # The layer had one of its own; both are in it now.
                bias = stored[f"{before}.bias"]
                found[f"{before}.bias"] = torch.zeros_like(bias)
            if bias is not None:
                found |= _changing_nothing(path, module, bias)
        if isinstance(module, nn.Conv2d | nn.Linear):
            before = path
            if module.bias is not None and f"{path}.weight" in stored:
                stored.setdefault(f"{path}.bias", torch.zeros(module.bias.shape))
    return stored | found


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


def _changing_nothing(path: str, norm: nn.Module, bias: torch.Tensor) -> Weights:
    """A batch normalization's state that adds ``bias`` and does nothing else."""
    ones = torch.ones_like(bias)
    epsilon = float(norm.eps)  # type: ignore[arg-type] # typed as any attribute of a module
    return {
        f"{path}.weight": ones * float(np.sqrt(1 + epsilon)),
        f"{path}.bias": bias,
        f"{path}.running_mean": torch.zeros_like(bias),
        f"{path}.running_var": ones,
    }


def _initializers(name: str, content: bytes) -> Weights:
    weights = {}
    for tensor in onnx.load_from_string(content).graph.initializer:
        if not tensor.name.startswith(_PREFIX):
            continue
        if onnx.external_data_helper.uses_external_data(tensor):
            raise ModelError(_("{model} keeps its weights in another file; refused.", model=name))
        array = np.array(onnx.numpy_helper.to_array(tensor))
        weights[tensor.name.removeprefix(_PREFIX)] = torch.from_numpy(array)
    return weights
