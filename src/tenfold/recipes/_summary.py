"""Shapes, parameters and cost of a network, computed from its layers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes._layers import BatchNorm, Conv, Dense, Dropout, Flatten, Layer, MaxPool

__all__ = ["INPUT_SHAPE", "OUTPUTS", "LayerSummary", "parameter_count", "summarize"]

INPUT_SHAPE = (1, 28, 28)
OUTPUTS = 10


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One line of a network's summary.

    Attributes:
        kind: "input", "conv", "pool", "flatten", "dense", "batch_norm" or "dropout".
        label: what the layer is, for a person.
        shape: what it puts out, without the batch.
        parameters: how many numbers it holds, trained or not.
        trained: how many of them training changes.
        operations: multiplications and additions for one image, forward.
    """

    kind: str
    label: str
    shape: tuple[int, ...]
    parameters: int = 0
    trained: int = 0
    operations: int = 0


def summarize(layers: Sequence[Layer]) -> tuple[LayerSummary, ...]:
    """Return the input and each layer, in order.

    Raises:
        InputError: if a layer does not fit what comes before it, or the last is not 10 logits.
    """
    rows = [LayerSummary("input", _("Input"), INPUT_SHAPE)]
    for layer in layers:
        rows.append(_row(layer, rows[-1].shape))
    last = layers[-1] if layers else None
    if not (isinstance(last, Dense) and last.units == OUTPUTS and last.activation == "linear"):
        raise InputError(
            _("A network ends with Dense(10, activation='linear'); received {last}.", last=last)
        )
    return tuple(rows)


def parameter_count(layers: Sequence[Layer]) -> int:
    """Return how many parameters a network holds, trained or not."""
    return sum(row.parameters for row in summarize(layers))


def _row(layer: Layer, shape: tuple[int, ...]) -> LayerSummary:
    match layer:
        case Conv():
            return _conv(layer, shape)
        case MaxPool(size):
            channels, height, width = _map(layer, shape)
            smaller = (channels, height // size, width // size)
            return LayerSummary("pool", f"MaxPool {size}×{size}", _sized(layer, smaller, shape))
        case Flatten():
            return LayerSummary("flatten", "Flatten", (prod(shape),))
        case Dense(units, activation):
            if len(shape) != 1:
                raise _misfit(layer, shape)
            count = (shape[0] + _biased(layer)) * units
            label = f"Dense {units}{_named(activation)}"
            return LayerSummary("dense", label, (units,), count, count, 2 * shape[0] * units)
        case BatchNorm(activation=activation):
            width = shape[0]
            label = f"BatchNorm{_named(activation)}"
            return LayerSummary("batch_norm", label, shape, 4 * width, 2 * width)
        case Dropout(rate):
            return LayerSummary("dropout", f"Dropout {rate:g}", shape)


def _conv(layer: Conv, shape: tuple[int, ...]) -> LayerSummary:
    channels, height, width = _map(layer, shape)
    reach = 2 * layer.padding - layer.kernel
    smaller = (
        layer.filters,
        (height + reach) // layer.stride + 1,
        (width + reach) // layer.stride + 1,
    )
    weights = layer.filters * channels * layer.kernel**2
    count = weights + layer.filters * _biased(layer)
    stride = f"/{layer.stride}" if layer.stride > 1 else ""
    return LayerSummary(
        "conv",
        f"Conv {layer.kernel}×{layer.kernel}{stride}, {layer.filters}{_named(layer.activation)}",
        _sized(layer, smaller, shape),
        count,
        count,
        2 * weights * smaller[1] * smaller[2],
    )


def _biased(layer: Conv | Dense) -> bool:
    return layer.bias != "none"


def _named(activation: str) -> str:
    return {"linear": "", "relu": ", ReLU", "sigmoid": ", sigmoid"}[activation]


def _map(layer: Layer, shape: tuple[int, ...]) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise _misfit(layer, shape)
    return shape


def _sized(layer: Layer, shape: tuple[int, ...], before: tuple[int, ...]) -> tuple[int, ...]:
    if min(shape) < 1:
        raise _misfit(layer, before)
    return shape


def _misfit(layer: Layer, shape: tuple[int, ...]) -> InputError:
    return InputError(
        _("{layer} does not fit what comes before it: {shape}.", layer=layer, shape=shape)
    )
