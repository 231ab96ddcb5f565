"""Keras's layers that have weights: convolutions, dense layers, batch normalization."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from tenfold.exchange.formats._keras.config import Config, Number, Pair, pair, read, single
from tenfold.exchange.formats._keras.config import margins as margins_of
from tenfold.exchange.formats._keras.file import Plain, Stored
from tenfold.exchange.formats._keras.walk import MisfitError, Shape, Walk
from tenfold.language import text as _
from tenfold.recipes import BatchNorm, Conv, Dense, WeightStart

__all__ = ["WEIGHTED"]

Floats: TypeAlias = npt.NDArray[np.float32]
Handler: TypeAlias = Callable[[Walk, Plain, Stored], None]


class _Conv(Config):
    filters: int
    kernel_size: Pair
    strides: Pair = 1
    padding: Literal["valid", "same"] = "valid"
    dilation_rate: Pair = 1
    groups: Literal[1] = 1
    activation: Any = "linear"
    use_bias: bool = True
    kernel_initializer: Any = None


class _Dense(Config):
    units: int
    activation: Any = "linear"
    use_bias: bool = True
    kernel_initializer: Any = None


class _Norm(Config):
    axis: Number = -1
    momentum: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.99
    epsilon: Annotated[float, msgspec.Meta(gt=0)] = 1e-3
    center: bool = True
    scale: bool = True


def _conv(walk: Walk, plain: Plain, stored: Stored) -> None:
    config = read(plain, _Conv)
    channels, height, width = walk.map_shape()
    kernel, stride = pair(config.kernel_size), pair(config.strides)
    dilation = pair(config.dilation_rate)
    reach = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    shapes: dict[str, Shape] = {"kernel": (*kernel, channels, config.filters)}
    if config.use_bias:
        shapes["bias"] = (config.filters,)
    weight, *bias = _arrays(stored, shapes)
    margins = margins_of(config.padding, (height, width), reach, stride)
    if walk.pieces and walk.pieces[-1].margin and not any(margins):
        margins = (walk.pieces.pop().margin,) * 4
        height, width = height - 2 * margins[0], width - 2 * margins[0]
    even = len(set(margins)) == 1
    conv = nn.Conv2d(
        channels,
        config.filters,
        kernel,
        stride,
        margins[0] if even else 0,
        dilation,
        bias=config.use_bias,
        device="meta",
    )
    _load(conv, weight=weight.transpose(3, 2, 0, 1), **_bias(bias))
    said = even and len({*kernel}) == len({*stride}) == 1 and dilation == (1, 1)
    layer = Conv(
        config.filters,
        kernel[0],
        "linear",
        _start(config.kernel_initializer),
        "zeros" if config.use_bias else "none",
        stride[0],
        margins[0],
    )
    top, bottom, left, right = margins
    walk.put(
        layer if said else None,
        *([] if even else [nn.ZeroPad2d((left, right, top, bottom))]),
        conv,
        shape=(
            config.filters,
            (height + top + bottom - reach[0]) // stride[0] + 1,
            (width + left + right - reach[1]) // stride[1] + 1,
        ),
    )
    walk.activate(config.activation)


def _dense(walk: Walk, plain: Plain, stored: Stored) -> None:
    config = read(plain, _Dense)
    (count,) = _vector(walk)
    shapes: dict[str, Shape] = {"kernel": (count, config.units)}
    if config.use_bias:
        shapes["bias"] = (config.units,)
    weight, *bias = _arrays(stored, shapes)
    if walk.order is not None:
        weight, walk.order = weight[walk.order], None
    linear = nn.Linear(count, config.units, bias=config.use_bias, device="meta")
    _load(linear, weight=weight.T, **_bias(bias))
    bias_start: Literal["zeros", "none"] = "zeros" if config.use_bias else "none"
    layer = Dense(config.units, "linear", _start(config.kernel_initializer), bias_start)
    walk.put(layer, linear, shape=(config.units,))
    walk.activate(config.activation)


def _norm(walk: Walk, plain: Plain, stored: Stored) -> None:
    config = read(plain, _Norm)
    if len(walk.shape) == 2 or single(config.axis) not in (-1, len(walk.shape)):
        raise MisfitError(
            _("it normalizes along axis {axis}; expected the last.", axis=config.axis)
        )
    count = walk.shape[0]
    names = [
        *(["gamma"] if config.scale else []),
        *(["beta"] if config.center else []),
        *("moving_mean", "moving_variance"),
    ]
    arrays = dict(zip(names, _arrays(stored, dict.fromkeys(names, (count,))), strict=True))
    if walk.order is not None:
        arrays = {name: array[walk.order] for name, array in arrays.items()}
    kind = nn.BatchNorm2d if len(walk.shape) == 3 else nn.BatchNorm1d
    norm = kind(count, eps=config.epsilon, momentum=1 - config.momentum, device="meta")
    _load(
        norm,
        weight=arrays.get("gamma", np.ones(count, np.float32)),
        bias=arrays.get("beta", np.zeros(count, np.float32)),
        running_mean=arrays["moving_mean"],
        running_var=arrays["moving_variance"],
        num_batches_tracked=np.zeros((), np.int64),
    )
    walk.put(BatchNorm(config.momentum, config.epsilon), norm)


def _arrays(stored: Stored, shapes: Mapping[str, Shape]) -> list[Floats]:
    """A layer's arrays in the order of ``shapes``, which are by Keras's names for them."""
    found = dict(stored)
    if stored and stored[0][0].isdecimal() and len(stored) == len(shapes):
        found = {name: array for name, (_at, array) in zip(shapes, stored, strict=True)}
    for name, shape in shapes.items():
        array = found.get(name)
        if array is None or array.shape != shape:
            raise MisfitError(
                _(
                    "its weights {name} are {found}; expected shape {shape}.",
                    name=name,
                    found=None if array is None else list(array.shape),
                    shape=list(shape),
                )
            )
        if not np.isfinite(array).all():
            raise MisfitError(_("its weights {name} are not all finite numbers.", name=name))
    return [found[name] for name in shapes]


def _load(module: nn.Module, **arrays: npt.NDArray[Any]) -> None:
    state = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
    module.load_state_dict(state, strict=True, assign=True)


def _bias(arrays: list[Floats]) -> dict[str, Floats]:
    return {"bias": arrays[0]} if arrays else {}


def _start(initializer: Any) -> WeightStart:
    """How the weights began, where recipes have a name for it; else as Keras does by default."""
    name = initializer.get("class_name") if isinstance(initializer, dict) else initializer
    return "he_uniform" if name in ("HeUniform", "he_uniform") else "glorot_uniform"


def _vector(walk: Walk) -> tuple[int]:
    if len(walk.shape) != 1:
        raise MisfitError(
            _("it is given {shape}; expected a vector, as Flatten makes.", shape=list(walk.shape))
        )
    return walk.shape


WEIGHTED: Mapping[str, Handler] = {
    "BatchNormalization": _norm,
    "Conv2D": _conv,
    "Dense": _dense,
}
"""Class -> what takes such a layer along, with its weights."""
