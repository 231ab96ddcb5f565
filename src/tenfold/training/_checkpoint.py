"""Checkpoints: all that a run needs to go on as if never stopped, in one safetensors file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from tenfold.errors import RunError
from tenfold.files import write_whole
from tenfold.language import text as _

__all__ = ["load_checkpoint", "save_checkpoint"]

Tensors = dict[str, torch.Tensor]


def save_checkpoint(
    path: Path, network: nn.Module, optimizer: torch.optim.Optimizer, epoch: int
) -> None:
    """Write weights, optimizer state, random state and the number of finished epochs.

    Raises:
        StorageError: if the file cannot be written; an earlier checkpoint then stays.
    """
    tensors = {f"network.{name}": value for name, value in network.state_dict().items()}
    numbers: dict[str, Any] = {"epoch": epoch}
    for index, state in optimizer.state_dict()["state"].items():
        for name, value in state.items():
            if isinstance(value, torch.Tensor):
                tensors[f"optimizer.{index}.{name}"] = value
            elif value is not None:
                numbers[f"optimizer.{index}.{name}"] = value
    for device, (get, _set) in _generators().items():
        tensors[f"random.{device}"] = get()
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    write_whole(path, save(plain, metadata={"tenfold.checkpoint": json.dumps(numbers)}))


def load_checkpoint(path: Path, network: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Put a checkpoint's state in place and return the number of finished epochs.

    Raises:
        RunError: if the file is damaged or belongs to another network; names what differs.
    """
    try:
        with safe_open(path, framework="pt") as file:
            numbers = json.loads((file.metadata() or {})["tenfold.checkpoint"])
            tensors: Tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise RunError(
            _("The checkpoint {path} is damaged: {reason}", path=path, reason=error)
        ) from error
    _load_network(path, network, _below(tensors, "network."))
    _load_optimizer(optimizer, _below(tensors | numbers, "optimizer."))
    for device, (_get, put) in _generators().items():
        if f"random.{device}" in tensors:
            put(tensors[f"random.{device}"])
    epoch: int = numbers["epoch"]
    return epoch


def _generators() -> dict[str, tuple[Callable[[], torch.Tensor], Callable[..., None]]]:
    """How to get and put the random state of each device that is there."""
    found: dict[str, tuple[Callable[[], torch.Tensor], Callable[..., None]]] = {
        "cpu": (torch.get_rng_state, torch.set_rng_state)
    }
    if torch.cuda.is_available():
        found["cuda"] = (torch.cuda.get_rng_state, torch.cuda.set_rng_state)
    if torch.backends.mps.is_available():
        found["mps"] = (torch.mps.get_rng_state, torch.mps.set_rng_state)
    return found


def _load_network(path: Path, network: nn.Module, weights: Tensors) -> None:
    expected = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in weights.items()}
    if expected != found:
        wrong = sorted(set(expected.items()) ^ set(found.items()))
        raise RunError(
            _(
                "The checkpoint {path} is of another network: {name} {shape} is on one side only.",
                path=path,
                name=wrong[0][0],
                shape=list(wrong[0][1]),
            )
        )
    network.load_state_dict(weights)


def _load_optimizer(optimizer: torch.optim.Optimizer, values: Mapping[str, Any]) -> None:
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for name, value in values.items():
        index, _dot, key = name.partition(".")
        parameter = parameters[int(index)]
        if isinstance(value, torch.Tensor) and value.shape == parameter.shape:
            # The fused optimizers walk memory, so a buffer lies as its parameter does.
            value = torch.empty_like(parameter).copy_(value)
        state.setdefault(int(index), {})[key] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def _below(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): v for name, v in values.items() if name.startswith(prefix)}
