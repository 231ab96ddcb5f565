"""The layers that a recipe may use, as frozen data.

Shapes are written without the batch: ``(channels, height, width)`` for maps, ``(units,)`` for
vectors. A network's input is ``(1, 28, 28)``.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

__all__ = [
    "Activation",
    "BatchNorm",
    "BiasStart",
    "Conv",
    "Dense",
    "Dropout",
    "Flatten",
    "Layer",
    "MaxPool",
    "WeightStart",
]

Activation: TypeAlias = Literal["linear", "relu", "sigmoid"]

WeightStart: TypeAlias = Literal["glorot_uniform", "he_uniform", "fan_in_uniform"]
"""How weights start: uniform within ±sqrt(6 / (fan_in + fan_out)), Keras's default (Glorot and
Bengio 2010); ±sqrt(6 / fan_in) (He et al. 2015); ±sqrt(1 / fan_in), PyTorch's default."""

BiasStart: TypeAlias = Literal["zeros", "fan_in_uniform", "none"]
"""How biases start; "none" for a layer without, as before a batch normalization, which has its
own."""

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Natural: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, lt=1)]


class _Layer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """What all layers share: frozen, compared by value, tagged by kind in JSON."""


class Conv(_Layer, frozen=True, tag="conv"):
    """A convolution, then an activation.

    ``padding`` rows and columns of zeros are put around the map; the window moves by ``stride``.
    """

    filters: Count
    kernel: Count
    activation: Activation = "relu"
    weights: WeightStart = "glorot_uniform"
    bias: BiasStart = "zeros"
    stride: Count = 1
    padding: Natural = 0


class MaxPool(_Layer, frozen=True, tag="pool"):
    """The maximum of each ``size`` x ``size`` block; a remainder at the edge is dropped."""

    size: Count = 2


class Flatten(_Layer, frozen=True, tag="flatten"):
    """A map laid out as a vector."""


class Dense(_Layer, frozen=True, tag="dense"):
    """A fully connected layer, then an activation."""

    units: Count
    activation: Activation = "relu"
    weights: WeightStart = "glorot_uniform"
    bias: BiasStart = "zeros"


class BatchNorm(_Layer, frozen=True, tag="batch_norm"):
    """Batch normalization over channels or units, then an activation.

    ``momentum`` is Keras's: the share of the old running statistics that one batch leaves.
    """

    momentum: Share = 0.99
    epsilon: Annotated[float, msgspec.Meta(gt=0)] = 1e-3
    activation: Activation = "linear"


class Dropout(_Layer, frozen=True, tag="dropout"):
    """While training, zeroes each unit with probability ``rate`` and scales up the rest."""

    rate: Share


Layer: TypeAlias = Conv | MaxPool | Flatten | Dense | BatchNorm | Dropout
