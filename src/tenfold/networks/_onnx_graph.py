"""A network of PyTorch as a graph of ONNX: every weight as training left it, under its name.

The layers that recipes, the reader and converted Keras models have are each one operator of ONNX,
so they are written down one by one. PyTorch's own exporter takes any network, but a process that
trains a small one spent half of its life in it (docs/decisions/model-files.md).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import fx, nn
from torch.nn import functional

from tenfold.networks.dropout import FastDropout
from tenfold.networks.pooling import Pooling

__all__ = ["Shape", "network_graph"]

OPSET = 20
"""The first version of ONNX's operators that has Gelu; ONNX Runtime reads it from 1.17 on."""

IR_VERSION = 10

_END = np.iinfo(np.int64).max
"""Behind the last, as Slice says it."""

Shape: TypeAlias = Sequence[int | str]
"""How long each axis of a tensor is; one of any length has a name."""


def network_graph(
    network: nn.Module, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape]
) -> onnx.ModelProto:
    """Return the model of ONNX that computes what ``network`` answers when evaluated.

    Args:
        network: of the layers that this module knows, and arithmetic between them.
        inputs: the name and shape of each argument of ``network.forward``, in its order.
        outputs: the same for each tensor that it returns.

    Raises:
        NotImplementedError: if it has a layer or calls a function that is not known here.
    """
    writer = _Writer(network, inputs)
    writer.walk()
    writer.name_outputs(list(outputs))
    graph = helper.make_graph(
        writer.nodes, "network", _values(inputs), _values(outputs), [*writer.constants.values()]
    )
    opset = helper.make_opsetid("", OPSET)
    return helper.make_model(
        graph, opset_imports=[opset], ir_version=IR_VERSION, producer_name="tenfold"
    )


def _values(shapes: Mapping[str, Shape]) -> list[onnx.ValueInfoProto]:
    return [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
        for name, shape in shapes.items()
    ]


@final
class _Tracer(fx.Tracer):
    """Follows a network down to the layers that are one operator."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m) in _LAYERS or super().is_leaf_module(m, module_qualified_name)


@final
class _Writer:
    """The nodes of a graph, and the tensors that stay the same."""

    def __init__(self, network: nn.Module, inputs: Mapping[str, Shape]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self._network = network
        self._trace = _Tracer().trace(network)
        self._inputs = iter(inputs)
        self._names: dict[fx.Node, str] = {}
        self._outputs: list[str] = []

    def walk(self) -> None:
        """Write all that the network does."""
        for node in self._trace.nodes:
            match node.op:
                case "placeholder":
                    self._names[node] = next(self._inputs)
                case "call_module":
                    layer = self._network.get_submodule(str(node.target))
                    write = _known(_LAYERS, type(layer))
                    self._names[node] = write(self, layer, str(node.target), self.of(node.args[0]))
                case "call_function" | "call_method":
                    write = _known(_FUNCTIONS, node.target)
                    self._names[node] = write(self, *node.args, **node.kwargs)
                case "output":
                    (answers,) = node.args
                    parts = answers if isinstance(answers, tuple) else (answers,)
                    self._outputs = [self.of(part) for part in parts]
                case kind:
                    raise NotImplementedError(f"{kind} {node.target}")

    def name_outputs(self, names: Sequence[str]) -> None:
        """Call what the network returns by these names."""
        table = dict(zip(self._outputs, names, strict=True))
        for node in self.nodes:
            for side in (node.input, node.output):
                side[:] = [table.get(name, name) for name in side]

    def of(self, value: Any) -> str:
        """Return the name of a tensor; a number becomes one."""
        if isinstance(value, fx.Node):
            return self._names[value]
        return self.constant(np.asarray(value, np.float32))

    def put(self, operation: str, *inputs: str, **attributes: Any) -> str:
        """Add one operator and return the name of what it puts out."""
        name = f"{operation.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, inputs, [name], name, **attributes))
        return name

    def constant(self, values: npt.NDArray[Any]) -> str:
        """Return the name of an array that stays the same; equal ones are kept once."""
        name = f"{values.dtype}_{values.shape}_{values.tobytes().hex()}"
        if name not in self.constants:
            short = f"constant_{len(self.constants)}"
            self.constants[name] = numpy_helper.from_array(values, short)
        return self.constants[name].name

    def integers(self, *values: int) -> str:
        """Return the name of a row of whole numbers."""
        return self.constant(np.asarray(values, np.int64))

    def surround(self, values: str, margins: Sequence[int], value: float) -> str:
        """Put margins of one value around maps: left, right, top, bottom."""
        left, right, top, bottom = margins
        around = self.integers(0, 0, top, left, 0, 0, bottom, right)
        return self.put("Pad", values, around, self.of(value))

    def weights(self, layer: nn.Module, path: str, *names: str) -> list[str]:
        """Return the names of a layer's weights, as in ``state_dict``; those it has."""
        found = {f"{path}.{name}": getattr(layer, name) for name in names}
        kept = {name: value for name, value in found.items() if value is not None}
        for name, value in kept.items():
            array = value.detach().cpu().contiguous().numpy()
            self.constants[name] = numpy_helper.from_array(array, name)
        return list(kept)


def _known(table: Mapping[Any, Callable[..., str]], what: Any) -> Callable[..., str]:
    if what not in table:
        raise NotImplementedError(f"{what} is no operator that is written to ONNX")
    return table[what]


def _conv(writer: _Writer, layer: nn.Conv2d | nn.ConvTranspose2d, path: str, values: str) -> str:
    assert not isinstance(layer.padding, str)
    operation, more = "Conv", {}
    if isinstance(layer, nn.ConvTranspose2d):
        operation, more = "ConvTranspose", {"output_padding": layer.output_padding}
    return writer.put(
        operation,
        values,
        *writer.weights(layer, path, "weight", "bias"),
        kernel_shape=layer.kernel_size,
        strides=layer.stride,
        pads=layer.padding * 2,
        dilations=layer.dilation,
        group=layer.groups,
        **more,
    )


def _linear(writer: _Writer, layer: nn.Linear, path: str, values: str) -> str:
    return writer.put("Gemm", values, *writer.weights(layer, path, "weight", "bias"), transB=1)


def _batch_norm(
    writer: _Writer, layer: nn.BatchNorm1d | nn.BatchNorm2d, path: str, values: str
) -> str:
    names = ("weight", "bias", "running_mean", "running_var")
    weights = writer.weights(layer, path, *names)
    return writer.put("BatchNormalization", values, *weights, epsilon=layer.eps)


def _pooling(writer: _Writer, layer: Pooling, _path: str, values: str) -> str:
    return writer.put("MaxPool", values, kernel_shape=[layer.size] * 2, strides=[layer.size] * 2)


def _window(operation: str) -> Callable[..., str]:
    def write(writer: _Writer, layer: nn.MaxPool2d | nn.AvgPool2d, _path: str, values: str) -> str:
        size, step = _pair(layer.kernel_size), _pair(layer.stride)
        return writer.put(operation, values, kernel_shape=size, strides=step)

    return write


def _pair(size: Any) -> Sequence[int]:
    return [size] * 2 if isinstance(size, int) else tuple(size)


def _margin(
    writer: _Writer, layer: nn.ConstantPad2d | nn.ZeroPad2d, _path: str, values: str
) -> str:
    return writer.surround(values, layer.padding, layer.value)


def _same(_writer: _Writer, _layer: nn.Module, _path: str, values: str) -> str:
    return values


def _one(operation: str, **fixed: float) -> Callable[..., str]:
    """A layer that is one operator; what it is set to has the same name there and here."""

    def write(writer: _Writer, _layer: nn.Module, _path: str, values: str) -> str:
        return writer.put(operation, values, **fixed)

    return write


def _leaky(writer: _Writer, layer: nn.LeakyReLU, _path: str, values: str) -> str:
    return writer.put("LeakyRelu", values, alpha=layer.negative_slope)


def _elu(writer: _Writer, layer: nn.ELU, _path: str, values: str) -> str:
    return writer.put("Elu", values, alpha=layer.alpha)


def _shuffle(writer: _Writer, layer: nn.PixelShuffle, _path: str, values: str) -> str:
    return writer.put("DepthToSpace", values, blocksize=layer.upscale_factor, mode="CRD")


def _relu6(writer: _Writer, _layer: nn.ReLU6, _path: str, values: str) -> str:
    return writer.put("Clip", values, writer.of(0.0), writer.of(6.0))


def _silu(writer: _Writer, _layer: nn.SiLU, _path: str, values: str) -> str:
    return writer.put("Mul", values, writer.put("Sigmoid", values))


_LAYERS: Mapping[type[nn.Module], Callable[..., str]] = {
    nn.AvgPool2d: _window("AveragePool"),
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.ConstantPad2d: _margin,
    nn.Conv2d: _conv,
    nn.ConvTranspose2d: _conv,
    nn.Dropout: _same,
    nn.ELU: _elu,
    nn.Flatten: _one("Flatten"),
    nn.GELU: _one("Gelu"),
    nn.LeakyReLU: _leaky,
    nn.Linear: _linear,
    nn.MaxPool2d: _window("MaxPool"),
    nn.PixelShuffle: _shuffle,
    nn.ReLU: _one("Relu"),
    nn.ReLU6: _relu6,
    nn.SELU: _one("Selu"),
    nn.SiLU: _silu,
    nn.Sigmoid: _one("Sigmoid"),
    nn.Softplus: _one("Softplus"),
    nn.Softsign: _one("Softsign"),
    nn.Tanh: _one("Tanh"),
    nn.ZeroPad2d: _margin,
    FastDropout: _same,
    Pooling: _pooling,
}


def _two(operation: str) -> Callable[..., str]:
    def write(writer: _Writer, first: Any, second: Any) -> str:
        return writer.put(operation, writer.of(first), writer.of(second))

    return write


def _pad(
    writer: _Writer,
    values: fx.Node,
    margins: Sequence[int],
    mode: str = "constant",
    value: float | None = None,
) -> str:
    if mode != "constant":
        raise NotImplementedError(f"margins of mode {mode}")
    return writer.surround(writer.of(values), margins, value or 0.0)


def _slice(writer: _Writer, values: fx.Node, parts: Any) -> str:
    """Parts of the first axes, or behind an ellipsis of the last."""
    behind = parts[0] is Ellipsis
    wanted = parts[1:] if behind else parts
    cuts = [
        (axis - len(wanted) if behind else axis, part.start or 0, part.stop)
        for axis, part in enumerate(wanted)
        if part != slice(None)
    ]
    axes, starts, ends = zip(*cuts, strict=True)
    stops = [_END if end is None else end for end in ends]
    rows = (writer.integers(*row) for row in (starts, stops, axes))
    return writer.put("Slice", writer.of(values), *rows)


def _cat(writer: _Writer, values: Sequence[fx.Node], axis: int = 0) -> str:
    return writer.put("Concat", *map(writer.of, values), axis=axis)


def _relu(writer: _Writer, values: fx.Node, **_options: Any) -> str:
    return writer.put("Relu", writer.of(values))


def _reshape(writer: _Writer, values: fx.Node, *shape: int) -> str:
    return writer.put("Reshape", writer.of(values), writer.integers(*shape))


def _squeeze(writer: _Writer, values: fx.Node, axis: int) -> str:
    return writer.put("Squeeze", writer.of(values), writer.integers(axis))


def _permute(writer: _Writer, values: fx.Node, *axes: int) -> str:
    return writer.put("Transpose", writer.of(values), perm=axes)


def _log_softmax(writer: _Writer, values: fx.Node, axis: int) -> str:
    return writer.put("LogSoftmax", writer.of(values), axis=axis)


def _log_sum_exp(writer: _Writer, values: fx.Node, axis: int) -> str:
    return writer.put("ReduceLogSumExp", writer.of(values), writer.integers(axis), keepdims=0)


def _mean(writer: _Writer, values: fx.Node, axes: Sequence[int], keep: bool) -> str:
    return writer.put("ReduceMean", writer.of(values), writer.integers(*axes), keepdims=int(keep))


def _sqrt(writer: _Writer, values: fx.Node) -> str:
    return writer.put("Sqrt", writer.of(values))


def _sigmoid(writer: _Writer, values: fx.Node) -> str:
    return writer.put("Sigmoid", writer.of(values))


def _as_floats(writer: _Writer, values: fx.Node) -> str:
    return writer.of(values)


_FUNCTIONS: Mapping[Any, Callable[..., str]] = {
    operator.add: _two("Add"),
    operator.getitem: _slice,
    operator.mul: _two("Mul"),
    operator.sub: _two("Sub"),
    operator.truediv: _two("Div"),
    functional.pad: _pad,
    functional.relu: _relu,
    torch.cat: _cat,
    "float": _as_floats,
    "log_softmax": _log_softmax,
    "logsumexp": _log_sum_exp,
    "mean": _mean,
    "permute": _permute,
    "reshape": _reshape,
    "sigmoid": _sigmoid,
    "sqrt": _sqrt,
    "squeeze": _squeeze,
}
