"""Each of Keras's layers that can be converted, one function a layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
import numpy as np
import torch
from torch import nn

from tenfold.errors import ModelError
from tenfold.exchange.formats._keras.config import Config, Number, Pair, pair, read, single
from tenfold.exchange.formats._keras.config import margins as margins_of
from tenfold.exchange.formats._keras.file import Plain, Stored, layer_name
from tenfold.exchange.formats._keras.walk import MisfitError, Shape, Walk
from tenfold.exchange.formats._keras.weighted import WEIGHTED
from tenfold.language import text as _
from tenfold.recipes import Dropout, MaxPool

__all__ = ["add_layer"]

MOST_MARGIN = 28
Handler: TypeAlias = Callable[[Walk, Plain], None]


class _Pool(Config):
    pool_size: Pair = 2
    strides: Pair = None
    padding: Literal["valid", "same"] = "valid"


class _GlobalPool(Config):
    keepdims: bool = False


class _Margins(Config):
    padding: Any


class _Rescaling(Config):
    scale: Number
    offset: Number = 0.0


class _Reshape(Config):
    target_shape: list[int]


class _Dropout(Config):
    rate: Annotated[float, msgspec.Meta(ge=0, lt=1)]


class _Activation(Config):
    activation: Any


class _ReLU(Config):
    max_value: float | None = None
    negative_slope: Number = None
    threshold: Number = 0.0


class _Slope(Config):
    negative_slope: Number = None
    alpha: Number = None


class _Axis(Config):
    axis: Number = -1


def add_layer(walk: Walk, plain: Plain, stored: Stored) -> None:
    """Take one more layer along.

    Raises:
        ModelError: if such a layer, so set, or at this place, cannot be converted.
    """
    kind = str(plain["class_name"])
    if kind not in WEIGHTED and kind not in _PLAIN:
        raise ModelError(
            _(
                "Layers of class {kind} are not converted; known: {known}.",
                kind=kind,
                known=", ".join(sorted([*WEIGHTED, *_PLAIN])),
            )
        )
    try:
        if kind in WEIGHTED:
            WEIGHTED[kind](walk, plain["config"], stored)
        else:
            _PLAIN[kind](walk, plain["config"])
    except (msgspec.ValidationError, MisfitError) as error:
        raise ModelError(
            _(
                "Layer {name} ({kind}) cannot be converted: {reason}",
                name=layer_name(plain),
                kind=kind,
                reason=error,
            )
        ) from error


def _max_pool(walk: Walk, plain: Plain) -> None:
    config = read(plain, _Pool)
    size, stride, margins, shape = _pooled(walk, config)
    top, bottom, left, right = margins
    module = nn.MaxPool2d(size, stride)
    if any(margins):
        walk.put(
            None, nn.ConstantPad2d((left, right, top, bottom), -torch.inf), module, shape=shape
        )
    else:
        said = size == stride and size[0] == size[1]
        walk.put(MaxPool(size[0]) if said else None, module, shape=shape)


def _average_pool(walk: Walk, plain: Plain) -> None:
    size, stride, margins, shape = _pooled(walk, read(plain, _Pool))
    if any(margins):
        raise MisfitError(_("an average over padded edges is not converted."))
    walk.put(None, nn.AvgPool2d(size, stride), shape=shape)


def _global_pool(kind: type[nn.AvgPool2d | nn.MaxPool2d]) -> Handler:
    def handler(walk: Walk, plain: Plain) -> None:
        config = read(plain, _GlobalPool)
        channels, height, width = walk.map_shape()
        walk.put(None, kind((height, width)), shape=(channels, 1, 1))
        if not config.keepdims:
            walk.put(None, nn.Flatten(), shape=(channels,))

    return handler


def _flatten(walk: Walk, plain: Plain) -> None:
    read(plain, Config)
    walk.flatten()


def _reshape(walk: Walk, plain: Plain) -> None:
    target = read(plain, _Reshape).target_shape
    count = int(np.prod(walk.shape))
    known = int(np.prod([n for n in target if n > 0]))
    full = [count // max(known, 1) if n == -1 else n for n in target]
    if walk.fresh and full in ([28, 28, 1], [28, 28], [784]):
        walk.begin(full)
    elif full == [count]:
        walk.flatten()
    else:
        raise MisfitError(_("it makes {shape} of {given}.", shape=target, given=list(walk.shape)))


def _margin(walk: Walk, plain: Plain) -> None:
    padding = read(plain, _Margins).padding
    sides = padding if isinstance(padding, list) and len(padding) == 2 else [padding, padding]
    (top, bottom), (left, right) = (pair(side, 0, MOST_MARGIN) for side in sides)
    channels, height, width = walk.map_shape()
    shape = (channels, height + top + bottom, width + left + right)
    even = top if top == bottom == left == right else 0
    walk.put(None, nn.ZeroPad2d((left, right, top, bottom)), shape=shape, margin=even)


def _rescaling(walk: Walk, plain: Plain) -> None:
    config = read(plain, _Rescaling)
    if not walk.fresh:
        raise MisfitError(_("it stands behind other layers; expected in front."))
    scale, offset = single(config.scale), single(config.offset)
    walk.factor, walk.added = walk.factor * scale, walk.added * scale + offset


def _dropout(walk: Walk, plain: Plain) -> None:
    rate = read(plain, _Dropout).rate
    function = walk.function
    if not walk.ended:
        walk.put(Dropout(rate), nn.Dropout(rate))
        walk.function = function


def _nothing(walk: Walk, _plain: Plain) -> None:
    """A layer that only training knows, and recipes do not."""
    walk.put(None)


def _input(_walk: Walk, _plain: Plain) -> None:
    """What goes in is known before the walk begins."""


def _activation(walk: Walk, plain: Plain) -> None:
    walk.activate(read(plain, _Activation).activation)


def _relu(walk: Walk, plain: Plain) -> None:
    config = read(plain, _ReLU)
    slope = single(config.negative_slope or 0.0)
    match config.max_value, slope, single(config.threshold):
        case None, 0.0, 0.0:
            walk.activate("relu")
        case 6.0, 0.0, 0.0:
            walk.activate("relu6")
        case None, float(slope), 0.0:
            walk.apply("leaky_relu", nn.LeakyReLU(slope))
        case _:
            raise MisfitError(_("a ReLU with such limits is not converted."))


def _leaky_relu(walk: Walk, plain: Plain) -> None:
    config = read(plain, _Slope)
    given = [n for n in (config.negative_slope, config.alpha) if n is not None]
    walk.apply("leaky_relu", nn.LeakyReLU(single(given[0]) if given else 0.3))


def _elu(walk: Walk, plain: Plain) -> None:
    alpha = read(plain, _Slope).alpha
    walk.apply("elu", nn.ELU(1.0 if alpha is None else single(alpha)))


def _softmax(walk: Walk, plain: Plain) -> None:
    if single(read(plain, _Axis).axis) not in (-1, 1):
        raise MisfitError(_("its softmax is not over the model's ten outputs."))
    walk.activate("softmax")


_PLAIN: Mapping[str, Handler] = {
    "Activation": _activation,
    "ActivityRegularization": _nothing,
    "AlphaDropout": _nothing,
    "AveragePooling2D": _average_pool,
    "Dropout": _dropout,
    "ELU": _elu,
    "Flatten": _flatten,
    "GaussianDropout": _nothing,
    "GaussianNoise": _nothing,
    "GlobalAveragePooling2D": _global_pool(nn.AvgPool2d),
    "GlobalMaxPooling2D": _global_pool(nn.MaxPool2d),
    "InputLayer": _input,
    "LeakyReLU": _leaky_relu,
    "MaxPooling2D": _max_pool,
    "RandomRotation": _nothing,
    "RandomTranslation": _nothing,
    "RandomZoom": _nothing,
    "ReLU": _relu,
    "Rescaling": _rescaling,
    "Reshape": _reshape,
    "Softmax": _softmax,
    "SpatialDropout2D": _nothing,
    "ZeroPadding2D": _margin,
}


def _pooled(
    walk: Walk, config: _Pool
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, ...], Shape]:
    """Window, stride, margins, and the shape of what comes out."""
    channels, height, width = walk.map_shape()
    size = pair(config.pool_size)
    stride = size if config.strides is None else pair(config.strides)
    margins = margins_of(config.padding, (height, width), size, stride)
    top, bottom, left, right = margins
    shape = (
        channels,
        (height + top + bottom - size[0]) // stride[0] + 1,
        (width + left + right - size[1]) // stride[1] + 1,
    )
    return size, stride, margins, shape
