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
            case "Relu":
                layers.append(nn.ReLU(inplace=True))
            case "MaxPool":
                layers.append(nn.MaxPool2d(tuple(told["kernel_shape"]), tuple(told["strides"])))
            case "Reshape":
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
        layer.bias.copy_(weights[1])
    return layer


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
