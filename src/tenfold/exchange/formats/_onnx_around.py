"""A graph of another program with ours around it."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from tenfold.exchange._given import GIVEN, Given
from tenfold.models.scaling import PixelScaling

__all__ = ["Around", "surrounded"]

TYPES: dict[str, tuple[int, np.dtype[Any]]] = {
    "tensor(float)": (TensorProto.FLOAT, np.dtype(np.float32)),
    "tensor(double)": (TensorProto.DOUBLE, np.dtype(np.float64)),
    "tensor(float16)": (TensorProto.FLOAT16, np.dtype(np.float16)),
    "tensor(uint8)": (TensorProto.UINT8, np.dtype(np.uint8)),
    "tensor(int32)": (TensorProto.INT32, np.dtype(np.int32)),
    "tensor(int64)": (TensorProto.INT64, np.dtype(np.int64)),
}
"""What a graph may take, as ONNX Runtime names it: ONNX's type and NumPy's."""

_PREFIX = "network/"
_IR = 8
"""The version of ONNX's format that is written at least: before 4, weights were inputs as well."""

TINY = 1e-30
"""Added to a probability before its logarithm, which 0 has none of."""


@dataclass(frozen=True, slots=True)
class Around:
    """How a graph is asked, and what its answers are.

    Args:
        given: the name of its input.
        kind: its type, one of ``TYPES``.
        layout: the shape of one image in it.
        pixels: what values it was trained on.
        answer: the name of its output.
        batch: how many images it takes at once; None is any number.
        probabilities: whether it answers with these; otherwise with logits.
    """

    given: str
    kind: str
    layout: tuple[int, ...]
    pixels: Given
    answer: str
    batch: int | None
    probabilities: bool = False

    def scaled(self, images: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
        """Return what the graph takes for float32 [N, 1, 28, 28] in [0, 1]."""
        factor, added = GIVEN[self.pixels]
        values = images * np.float32(factor * 255) + np.float32(added)
        dtype = TYPES[self.kind][1]
        if dtype.kind in "iu":
            values = values + np.float32(0.5)
        return values.astype(dtype).reshape(-1, *self.layout)

    def scaling(self) -> PixelScaling:
        """Return the scaling of pixels."""
        factor, added = GIVEN[self.pixels]
        names = {"unit": "normalize", "bytes": "raw"}
        name = names.get(self.pixels, "standardize")
        return PixelScaling(name, -added / factor, factor)


def surrounded(proto: onnx.ModelProto, around: Around) -> onnx.ModelProto:
    """Return a model that takes ``images`` and gives ``logits``, as model files of ours do."""
    inner = onnx.compose.add_prefix(proto, _PREFIX)
    graph = inner.graph
    if around.batch is not None:
        _free_batch(graph, around.batch)
    before, after = _Chain("images", "before"), _Chain(_PREFIX + around.answer, "after")
    factor, added = GIVEN[around.pixels]
    whole = TYPES[around.kind][1].kind in "iu"
    before.add("Mul", np.float32(factor * 255))
    before.add("Add", np.float32(added + 0.5 * whole))
    before.add("Cast", to=TYPES[around.kind][0])
    before.add("Reshape", np.array([-1, *around.layout]))
    after.add("Cast", to=TensorProto.FLOAT)
    after.add("Reshape", np.array([-1, 10]))
    if around.probabilities:
        after.add("Add", np.float32(TINY))
        after.add("Log")
    nodes = [*before.ended(_PREFIX + around.given), *graph.node, *after.ended("logits")]
    made = helper.make_graph(
        nodes,
        "tenfold",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])],
        [*graph.initializer, *before.constants, *after.constants],
    )
    return helper.make_model(
        made, opset_imports=inner.opset_import, ir_version=max(inner.ir_version, _IR)
    )


class _Chain:
    """Operators one after the other."""

    def __init__(self, source: str, name: str) -> None:
        self.constants: list[TensorProto] = []
        self._nodes: list[onnx.NodeProto] = []
        self._last = source
        self._name = name

    def add(
        self, operator: str, constant: npt.NDArray[Any] | np.float32 | None = None, **settings: Any
    ) -> None:
        """Add an operator on what the one before gives, and on a constant where it takes one."""
        output = f"{self._name}/{len(self._nodes)}"
        inputs = [self._last]
        if constant is not None:
            inputs.append(f"{output}/constant")
            self.constants.append(numpy_helper.from_array(np.asarray(constant), inputs[1]))
        self._nodes.append(helper.make_node(operator, inputs, [output], **settings))
        self._last = output

    def ended(self, name: str) -> list[onnx.NodeProto]:
        """Return the operators; what the last gives is called ``name``."""
        self._nodes[-1].output[0] = name
        return self._nodes


def _free_batch(graph: onnx.GraphProto, size: int) -> None:
    """Let reshapings that spell out ``size`` images keep as many as they are given instead."""
    shapes = {tensor.name: tensor for tensor in graph.initializer}
    made = {node.output[0]: node for node in graph.node if node.output}
    for node in graph.node:
        if node.op_type != "Reshape" or len(node.input) != 2 or node.input[0] in shapes:
            continue
        tensor = shapes.get(node.input[1]) or _constant(made.get(node.input[1]))
        if tensor is None or prod(tensor.dims) > 8:
            continue
        shape = np.array(numpy_helper.to_array(tensor)).ravel()
        if shape.size > 1 and shape[0] == size:
            # To a reshaping, 0 is: as long as this axis was; unless it is told otherwise.
            shape[0] = 0
            kept = [entry for entry in node.attribute if entry.name != "allowzero"]
            del node.attribute[:]
            node.attribute.extend(kept)
            own = f"{node.output[0]}/shape"
            graph.initializer.append(numpy_helper.from_array(shape, own))
            node.input[1] = own


def _constant(node: onnx.NodeProto | None) -> TensorProto | None:
    """The tensor that a node holds, if it is one that does nothing else."""
    if node is None or node.op_type != "Constant":
        return None
    return next((entry.t for entry in node.attribute if entry.name == "value"), None)
