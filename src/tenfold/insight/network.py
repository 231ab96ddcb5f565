"""A saved model opened so that what its layers put out can be seen."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped] # has no stubs

from tenfold.errors import ModelError
from tenfold.language import text as _
from tenfold.models import Model
from tenfold.models.model import as_input
from tenfold.models.session import open_session, run_session

__all__ = ["OpenNetwork", "Step", "open_network"]

BATCH = 200
MOST_OPEN = 4
MOST_STEPS = 64

KINDS = {
    "Conv": "convolution",
    "MaxPool": "pooling",
    "AveragePool": "pooling",
    "GlobalAveragePool": "pooling",
    "BatchNormalization": "normalization",
    "Gemm": "dense",
    "MatMul": "dense",
}
ACTIVATIONS = {"Relu": "ReLU", "Sigmoid": "sigmoid", "Tanh": "tanh", "LeakyRelu": "leaky ReLU"}

FLATTENINGS = {"Reshape", "Flatten"}

Floats: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Step:
    """One layer of a network, with the normalization and activation function right behind it.

    Attributes:
        kind: "convolution", "pooling", "normalization", "dense", or "activation" where an
            activation function stands alone.
        number: the layer's place among those of its kind, from 1.
        activation: the function's name, or "".
        tensor: what the model file calls the layer's output.
        shaped: the tensor that has the layer's shape; another one where the maps are laid out in
            a row before the activation function.
    """

    kind: str
    number: int
    activation: str
    tensor: str
    shaped: str


@final
class OpenNetwork:
    """The network of a model, each layer's output within reach; safe to use from several threads.

    Made by ``open_network``. A call computes in the thread that makes it and in no other.

    Attributes:
        model: the model.
        digest: sha256 of the model's file, in hexadecimal.
        steps: its layers in order, 64 at most.
    """

    def __init__(self, model: Model) -> None:
        """Open ``model``'s file a second time, with more outputs.

        Raises:
            ModelError: if its graph cannot be read.
        """
        self.model = model
        self.digest = hashlib.sha256(model.content).hexdigest()
        try:
            proto = onnx.load_from_string(model.content)
        except DecodeError as error:
            raise ModelError(_("The layers of {model} cannot be read.", model=model)) from error
        graph = _Graph(proto.graph)
        self.steps = graph.steps()
        self._features = graph.features()
        names = (name for step in self.steps for name in (step.tensor, step.shaped))
        self._shown = list(dict.fromkeys(names))
        wanted = dict.fromkeys([*self._shown, self._features])
        known = {node.name for node in proto.graph.output}
        # The runtime works out type and shape of an output that has a name alone.
        proto.graph.output.extend(
            onnx.ValueInfoProto(name=name) for name in wanted if name not in known
        )
        self._session = open_session(proto.SerializeToString(), 1)

    def outputs(self, image: npt.ArrayLike) -> tuple[tuple[Step, Floats], ...]:
        """Return what each layer makes of one image, in [28, 28] as for ``Model.predict_proba``.

        Returns:
            Each layer with its values, float32 [channels, height, width] or [units]. A value that
            is no finite number is 0; an output of another form is left out.

        Raises:
            InputError: if ``image`` has another shape, dtype or range.
        """
        batch = as_input(image)[:1]
        found = run_session(self._session, self._shown, {"images": batch})
        values = dict(zip(self._shown, found, strict=True))
        shaped = [values[step.tensor].reshape(values[step.shaped].shape) for step in self.steps]
        return tuple(
            (step, np.nan_to_num(_unshifted(value, 1)[0], posinf=0, neginf=0))
            for step, value in zip(self.steps, shaped, strict=True)
            if value.ndim in (2, 4) and value.size
        )

    def features(self, images: npt.ArrayLike) -> Floats:
        """Return float32 [N, D]: what the last dense layer is given for each image, finite.

        Args:
            images: one or more, as for ``Model.predict_proba``.

        Raises:
            InputError: for images of another shape, dtype or range.
        """
        batch = as_input(images)
        parts = (batch[at : at + BATCH] for at in range(0, len(batch), BATCH))
        rows = np.concatenate([self._features_of(part) for part in parts]).reshape(len(batch), -1)
        np.nan_to_num(rows, copy=False, posinf=0, neginf=0)
        return rows

    def _features_of(self, images: Floats) -> Floats:
        (values,) = run_session(self._session, [self._features], {"images": images})
        return _unshifted(values, len(images))

    def __repr__(self) -> str:
        return f"OpenNetwork({self.model.card.name!r})"


def _unshifted(values: npt.NDArray[np.generic], count: int) -> Floats:
    """Return what a layer makes of ``count`` images as they are.

    A network that averages its answers over shifts sees every image from an odd number of places,
    all images from one place after the other, and as they are from the one in the middle.
    """
    places = len(values) // count
    first = places // 2 * count
    middle: Floats = np.asarray(values[first : first + count], np.float32)
    return middle


@functools.lru_cache(maxsize=MOST_OPEN)
def open_network(model: Model) -> OpenNetwork:
    """Return ``model`` opened; the last four are kept open.

    Raises:
        ModelError: if its graph cannot be read.
    """
    return OpenNetwork(model)


@final
class _Graph:
    """Who makes each tensor of a graph, and who takes it."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._nodes = list(graph.node)
        self._constants = {tensor.name for tensor in graph.initializer}
        self._makers = {name: node for node in graph.node for name in node.output}
        self._takers: dict[str, list[onnx.NodeProto]] = {}
        for node in graph.node:
            for name in node.input:
                self._takers.setdefault(name, []).append(node)

    def steps(self) -> tuple[Step, ...]:
        """The layers in order."""
        steps: list[Step] = []
        numbers: dict[str, int] = {}
        included: set[str] = set()
        for node in self._nodes:
            if node.op_type not in KINDS | ACTIVATIONS or node.output[0] in included:
                continue
            kind = KINDS.get(node.op_type, "activation")
            shaped = self._normalized(self._with_bias(node), kind)
            last = shaped if kind == "activation" else self._activated(shaped)
            included |= {shaped.output[0], last.output[0]}
            numbers[kind] = numbers.get(kind, 0) + 1
            activation = ACTIVATIONS.get(last.op_type, "")
            steps.append(Step(kind, numbers[kind], activation, last.output[0], shaped.output[0]))
        return tuple(steps[:MOST_STEPS])

    def features(self) -> str:
        """What the last dense layer before the logits is given; the logits if there is none."""
        waiting, seen = ["logits"], set()
        while waiting:
            name = waiting.pop(0)
            node = self._makers.get(name)
            if node is None or name in seen:
                continue
            seen.add(name)
            if KINDS.get(node.op_type) == "dense":
                return str(node.input[0])
            waiting.extend(node.input)
        return "logits"

    def _only_taker(self, node: onnx.NodeProto) -> onnx.NodeProto | None:
        takers = self._takers.get(node.output[0], [])
        return takers[0] if len(takers) == 1 else None

    def _normalized(self, node: onnx.NodeProto, kind: str) -> onnx.NodeProto:
        """The normalization right behind a layer with weights, which scales them; or the node."""
        taker = self._only_taker(node)
        if kind not in ("convolution", "dense") or taker is None:
            return node
        return taker if taker.op_type == "BatchNormalization" else node

    def _activated(self, node: onnx.NodeProto) -> onnx.NodeProto:
        """The activation function of a layer, also where its maps become a row first; or it."""
        taker = self._only_taker(node)
        if taker is not None and taker.op_type in FLATTENINGS:
            taker = self._only_taker(taker)
        return taker if taker is not None and taker.op_type in ACTIVATIONS else node

    def _with_bias(self, node: onnx.NodeProto) -> onnx.NodeProto:
        """The node that adds a constant to what a product put out, if one does; else the node."""
        taker = self._only_taker(node)
        if node.op_type != "MatMul" or taker is None or taker.op_type != "Add":
            return node
        return taker if any(name in self._constants for name in taker.input) else node
