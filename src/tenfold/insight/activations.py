"""What each layer of a network makes of one digit, as pictures."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tenfold.insight.network import Floats, OpenNetwork, Step
from tenfold.language import text as _
from tenfold.models.model import as_input

__all__ = ["Layer", "layers_of"]

MOST_MAPS = 64
ZERO = 128
"""What 0 becomes where a layer has values below it, too."""

LONGEST_ROW = 16
"""So many units or fewer stand in one row."""

Bytes: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer's output as pictures, all on one scale, so that a map can be compared with another.

    Attributes:
        name: in words, such as "convolution 1 with ReLU, 24 maps of 14 x 14".
        kind: "convolution", "pooling", "normalization", "activation", "dense" or "answer".
        shape: [channels, height, width] or [units].
        maps: uint8 [count, height, width], the first 64 at most; units make one map, row by row.
        signed: whether the layer has values below 0: then 128 is 0, and what is darker is below;
            otherwise 0 is black.
        reach: the largest absolute value, which is 255, and below zero 1.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    maps: Bytes
    signed: bool
    reach: float


def layers_of(network: OpenNetwork, image: npt.ArrayLike) -> tuple[Layer, ...]:
    """Return what each layer makes of one image, first to last, the probabilities at the end.

    Args:
        network: the network.
        image: [28, 28], as for ``Model.predict_proba``.

    Raises:
        InputError: if ``image`` has another shape, dtype or range.
    """
    layers = [_layer(step, values) for step, values in network.outputs(image)]
    answer = network.model.judge(as_input(image)[:1, 0])[0]
    if not network.model.knows_none:
        answer = answer[:10]
    last = _pictured(_("probabilities"), "answer", answer, 1.0)
    return (*layers, last)


def _layer(step: Step, values: Floats) -> Layer:
    name = _named(step)
    if values.ndim == 3:
        count, height, width = values.shape
        name = _(
            "{layer}, {count} maps of {height} x {width}",
            layer=name,
            count=count,
            height=height,
            width=width,
        )
    else:
        name = _("{layer}, {count} units", layer=name, count=len(values))
    return _pictured(name, step.kind, values, float(np.abs(values).max()))


def _named(step: Step) -> str:
    if step.kind == "activation":
        return step.activation
    name = {
        "convolution": _("convolution {number}", number=step.number),
        "pooling": _("pooling {number}", number=step.number),
        "normalization": _("normalization {number}", number=step.number),
        "dense": _("dense layer {number}", number=step.number),
    }[step.kind]
    if not step.activation:
        return name
    return _("{layer} with {activation}", layer=name, activation=step.activation)


def _pictured(name: str, kind: str, values: Floats, reach: float) -> Layer:
    signed = bool(values.min() < 0)
    shares = values / (reach or 1)
    scaled = ZERO + shares * (255 - ZERO) if signed else shares * 255
    maps = np.rint(scaled).astype(np.uint8)
    maps = maps[:MOST_MAPS] if maps.ndim == 3 else _rows(maps)[None]
    return Layer(name, kind, values.shape, maps, signed, reach)


def _rows(units: Bytes) -> Bytes:
    """Units as a rectangle, as near a square as their number allows; few of them as a row."""
    count = len(units)
    if count <= LONGEST_ROW:
        return units[None]
    height = next(rows for rows in range(isqrt(count), 0, -1) if count % rows == 0)
    return units.reshape(height, -1)
