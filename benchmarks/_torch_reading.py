"""Plain PyTorch as a contender in reading: ``_torch_reading.py INPUTS.npz``.

Commands: ``open`` a model file whose layers follow one another, rebuilt from its weights; ``time``
a batch, ``accuracy``.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import onnx
import torch
from _contender import serve
from _reading import Floats, right_share, visit
from onnx import numpy_helper
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

__all__ = ["rebuild"]


def rebuild(path: str) -> nn.Sequential:
    """Return the network of an ONNX file: images [N, 1, 28, 28] in [0, 1] to what comes out last.

    Raises:
        ValueError: if it holds an operation that is not known here.
    """
    graph = onnx.load(path).graph
    weights = {one.name: torch.tensor(numpy_helper.to_array(one)) for one in graph.initializer}
    layers: list[nn.Module] = []
    for node in graph.node:
        told = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
        its = [weights[name] for name in node.input if name in weights]
        match node.op_type:
            case "Conv":
                layers.append(_filled(_convolution(its[0], told), its))
            case "Gemm":
                layers.append(_filled(nn.Linear(its[0].shape[1], its[0].shape[0]), its))
            case "BatchNormalization":
                layers[-1] = _fused(layers[-1], its, told)
            case "Relu":
                layers.append(nn.ReLU(inplace=True))
            case "MaxPool":
                layers.append(nn.MaxPool2d(tuple(told["kernel_shape"]), tuple(told["strides"])))
            case "Reshape" | "Flatten":
                layers.append(nn.Flatten())
            case "Mul" | "Slice":
                pass  # Pixels go to 255 and back; digits and "none" are cut apart at the end.
            case other:
                raise ValueError(f"{other} does not follow in a line")
    return nn.Sequential(*layers).eval()


def _convolution(weight: torch.Tensor, told: dict[str, Any]) -> nn.Conv2d:
    outputs, inputs, *kernel = weight.shape
    pads = told.get("pads", (0, 0))
    return nn.Conv2d(inputs, outputs, tuple(kernel), tuple(told["strides"]), tuple(pads[:2]))


def _filled(layer: nn.Conv2d | nn.Linear, weights: list[torch.Tensor]) -> nn.Module:
    assert layer.bias is not None
    with torch.no_grad():
        layer.weight.copy_(weights[0])
        layer.bias.copy_(weights[1] if len(weights) > 1 else torch.zeros_like(layer.bias))
    return layer


def _fused(layer: nn.Module, its: list[torch.Tensor], told: dict[str, Any]) -> nn.Module:
    """The layer with the batch normalization behind it made part of it, as for reading alone."""
    norm = nn.BatchNorm2d(len(its[0]), eps=told["epsilon"]).eval()
    values = zip(("weight", "bias", "running_mean", "running_var"), its, strict=True)
    norm.load_state_dict(dict(values), strict=False)
    if isinstance(layer, nn.Conv2d):
        return fuse_conv_bn_eval(layer.eval(), norm)
    if isinstance(layer, nn.Linear):
        return fuse_linear_bn_eval(layer.eval(), norm)
    raise ValueError("a batch normalization does not follow a layer with weights")


def main() -> None:
    with np.load(sys.argv[1]) as file:
        inputs = {name: file[name] for name in file.files}
    networks: dict[str, nn.Sequential] = {}

    def open_(name: str, path: str) -> bool:
        networks[name] = rebuild(path).to(memory_format=torch.channels_last)
        return True

    @torch.inference_mode()
    def act(name: str, batch: Floats) -> Any:
        return networks[name](torch.from_numpy(batch)).numpy()

    def time_(name: str, kind: str, batch: int, seconds: float) -> float:
        given = inputs[kind][:batch]
        return visit(lambda: act(name, given), seconds)

    def accuracy(name: str) -> float:
        return right_share(lambda part: act(name, part), inputs["images"], inputs["labels"])

    serve(
        {"versions": {"torch": torch.__version__}},
        {"open": open_, "time": time_, "accuracy": accuracy},
    )


if __name__ == "__main__":
    main()
