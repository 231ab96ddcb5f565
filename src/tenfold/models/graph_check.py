"""What an ONNX file asks to be done, looked at before anything of it is done."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from tenfold.errors import ModelError
from tenfold.language import text as _
from tenfold.models._wire import WireError, fields, varint

__all__ = ["OPERATORS", "check_graph"]

_EACH_NUMBER = """
Abs Add And Cast Ceil Celu Clip Cos Div Elu Equal Erf Exp Floor Gelu Greater GreaterOrEqual
HardSigmoid HardSwish Identity LeakyRelu Less LessOrEqual Log Max Mean Min Mish Mod Mul Neg Not Or
PRelu Pow Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Softplus Softsign Sqrt Sub Sum Swish
Tanh ThresholdedRelu Where Xor
"""
_LAYERS = """
Attention AveragePool BatchNormalization Conv ConvTranspose Dropout Gemm GlobalAveragePool
GlobalLpPool GlobalMaxPool GroupNormalization GRU Hardmax InstanceNormalization LayerNormalization
LogSoftmax LpNormalization LpPool LRN LSTM MatMul MaxPool MeanVarianceNormalization
RMSNormalization RNN Softmax
"""
_QUANTIZED = """
ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul
QuantizeLinear
"""
_OVER_AN_AXIS = """
ArgMax ArgMin CumSum Einsum ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean
ReduceMin ReduceProd ReduceSum ReduceSumSquare TopK
"""
_ARRANGED = """
Concat Constant DepthToSpace Flatten Gather GatherElements GatherND Pad Reshape Shape Size Slice
SpaceToDepth Split Squeeze Transpose Unsqueeze
"""

OPERATORS = frozenset(
    name
    for group in (_EACH_NUMBER, _LAYERS, _QUANTIZED, _OVER_AN_AXIS, _ARRANGED)
    for name in group.split()
)
"""The operators that a network may use: no loops, no branches, nothing that makes large arrays out
of small ones by itself (as Expand, Tile, Range and ConstantOfShape do), no chance, no texts."""

MOST_NODES = 20_000
LARGEST_WINDOW = 1024
"""The most that an operator's window, step or margin may be set to."""

_WINDOWS = frozenset(
    ("dilations", "kernel_shape", "output_padding", "output_shape", "pads", "strides")
)

# Numbers of the fields in ONNX's messages.
_GRAPH, _TRAINING, _FUNCTION = 7, 20, 25
_NODE, _INITIALIZER, _SPARSE_INITIALIZER = 1, 5, 15
_OPERATOR, _ATTRIBUTE, _DOMAIN = 4, 5, 7
_NAME, _TENSOR, _SUBGRAPH, _INTEGERS, _TENSORS, _SUBGRAPHS = 1, 5, 6, 8, 10, 11
_SPARSE_TENSOR, _SPARSE_TENSORS = 22, 23
_DIMENSION, _EXTERNAL, _LOCATION = 1, 13, 14


def check_graph(content: bytes) -> None:
    """Refuse an ONNX file that is more than a plain network whole in itself.

    What it costs to look is bounded by the file's size, whatever the file claims. Whether the
    operators fit together, and what is their answer, is ONNX Runtime's to find.

    Args:
        content: the file's bytes.

    Raises:
        ModelError: if it is damaged, or uses loops, branches, functions or operators that are not
            in ``OPERATORS``, keeps weights in another file, or claims larger arrays than it holds.
    """
    try:
        for number, value in fields(memoryview(content)):
            if number == _GRAPH:
                _check_nodes_and_weights(_message(value))
            elif number in (_FUNCTION, _TRAINING):
                raise ModelError(
                    _(
                        "The file holds functions of its own; only plain layers are run. "
                        "Export it again with its functions inlined, for inference."
                    )
                )
    except WireError as error:
        raise ModelError(
            _("This is not an ONNX model that can be run: {reason}", reason=error)
        ) from error


def _check_nodes_and_weights(graph: memoryview) -> None:
    nodes = 0
    for number, value in fields(graph):
        if number == _NODE:
            nodes += 1
            _check_node(_message(value))
        elif number == _INITIALIZER:
            _check_tensor(_message(value))
        elif number == _SPARSE_INITIALIZER:
            raise _sparse()
    if nodes > MOST_NODES:
        raise ModelError(
            _(
                "The network has {count} operators; expected at most {limit}.",
                count=nodes,
                limit=MOST_NODES,
            )
        )


def _check_node(node: memoryview) -> None:
    # Where a field is given twice, readers take the last: all are looked at.
    found = list(fields(node))
    operators = [_text(value) for number, value in found if number == _OPERATOR]
    domains = {_text(value) for number, value in found if number == _DOMAIN}
    for domain in domains - {"", "ai.onnx"}:
        raise _unknown(f"{domain}.{operators[-1] if operators else ''}")
    for operator in operators or [""]:
        if operator not in OPERATORS:
            raise _unknown(operator)
    for number, value in found:
        if number == _ATTRIBUTE:
            _check_attribute(_message(value))


def _check_attribute(attribute: memoryview) -> None:
    found = list(fields(attribute))
    names = {_text(value) for number, value in found if number == _NAME}
    for number, value in found:
        if number in (_SUBGRAPH, _SUBGRAPHS):
            raise ModelError(
                _("An operator of the network holds a network itself; only plain layers are run.")
            )
        if number in (_SPARSE_TENSOR, _SPARSE_TENSORS):
            raise _sparse()
        if number in (_TENSOR, _TENSORS):
            _check_tensor(_message(value))
        elif number == _INTEGERS and names & _WINDOWS:
            _check_windows(value)


def _check_windows(value: int | memoryview) -> None:
    for number in _numbers(value):
        if number > LARGEST_WINDOW:
            raise ModelError(
                _(
                    "An operator's window, step or margin is {value}; expected 0 to {limit}.",
                    value=number if number < 1 << 63 else number - (1 << 64),
                    limit=LARGEST_WINDOW,
                )
            )


def _check_tensor(tensor: memoryview) -> None:
    shape: list[int] = []
    for number, value in fields(tensor):
        if number == _EXTERNAL or (number == _LOCATION and value != 0):
            raise ModelError(
                _(
                    "The file keeps weights in another file; refused. "
                    "Save the model as one file, its weights inside (torch.onnx.export: "
                    "external_data=False)."
                )
            )
        if number == _DIMENSION:
            shape += _numbers(value)
    # Two numbers of four bits take one byte; nothing takes less.
    if len(shape) > 16 or prod(shape) > 2 * len(tensor):
        raise ModelError(
            _("The file claims weights of shape {shape}, more than it holds.", shape=shape[:16])
        )


def _numbers(value: int | memoryview) -> Iterator[int]:
    """Whole numbers, stored one by one or packed."""
    if isinstance(value, int):
        yield value
        return
    at = 0
    while at < len(value):
        number, at = varint(value, at)
        yield number


def _message(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise WireError("a number where a message is expected")
    return value


def _text(value: int | memoryview) -> str:
    return bytes(_message(value)[:80]).decode(errors="replace")


def _unknown(name: str) -> ModelError:
    return ModelError(
        _(
            "The network uses the operator {name!r}; only plain layers are run: no loops, no "
            "branches, no operators of other makers.",
            name=name,
        )
    )


def _sparse() -> ModelError:
    return ModelError(_("The file holds sparse weights; expected them written out."))
