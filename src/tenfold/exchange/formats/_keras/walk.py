"""A walk along the layers of a Keras model, gathering what they are here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
from torch import nn

from tenfold.exchange._network import LARGEST_MAP
from tenfold.exchange.formats._keras.names import keras_order
from tenfold.language import text as _
from tenfold.recipes import BatchNorm, Conv, Dense, Flatten, Layer

__all__ = ["MisfitError", "Piece", "Shape", "Walk"]

Shape: TypeAlias = tuple[int, ...]

_FUNCTIONS: dict[str, Callable[[], nn.Module]] = {
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "selu": nn.SELU,
    "sigmoid": nn.Sigmoid,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "softsign": nn.Softsign,
    "swish": nn.SiLU,
    "tanh": nn.Tanh,
}
# The last is left out, since ours end in logits; TensorFlow 2.0 wrote the second names.
_ENDS = ("softmax", "softmax_v2", "log_softmax", "log_softmax_v2")
# What recipes have names for.
_SAID = ("relu", "sigmoid")


class MisfitError(ValueError):
    """A layer that cannot be converted; says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One layer.

    Args:
        layer: as a recipe says it, or None if it cannot.
        modules: the same in PyTorch, with weights.
        margin: rows and columns of zeros that it puts on every side, if it does no more.
    """

    layer: Layer | None
    modules: tuple[nn.Module, ...]
    margin: int = 0


class Walk:
    """Where one is on the way from an image to its logits.

    Attributes:
        pieces: the layers so far.
        shape: what they put out for one image: (channels, height, width), (units,), or (28, 28)
            for an image that Keras knows no channel of.
        order: where Keras has each number of a flattened map, until a dense layer has taken it.
        factor: of pixels as they are given, by the Rescaling layers in front.
        added: what these then add.
        function: the activation function of the last layer.
        ended: whether its softmax was left out.
    """

    def __init__(self, shape: list[int]) -> None:
        """Begin with images of ``shape``: [28, 28, 1], [28, 28] or [784]."""
        self.pieces: list[Piece] = []
        self.shape: Shape = ()
        self.order: npt.NDArray[np.intp] | None = None
        self.factor, self.added = 1.0, 0.0
        self.function = "linear"
        self.ended = False
        self.begin(shape)

    def begin(self, shape: list[int]) -> None:
        """Take the image in another shape; its pixels keep their order."""
        flat = Piece(Flatten(), (nn.Flatten(),))
        self.pieces = [flat] if len(shape) == 1 else []
        self.shape = (1, 28, 28) if len(shape) == 3 else tuple(shape)

    @property
    def fresh(self) -> bool:
        """Whether nothing was computed yet."""
        return not self.ended and all(isinstance(piece.layer, Flatten) for piece in self.pieces)

    def put(
        self, layer: Layer | None, *modules: nn.Module, shape: Shape | None = None, margin: int = 0
    ) -> None:
        """Add a layer that puts out ``shape``, or the shape that it is given.

        Raises:
            MisfitError: if the model has ended, or the layer puts out nothing or too much.
        """
        if self.ended and modules:
            raise MisfitError(_("it stands behind the softmax."))
        if shape is not None and not 1 <= min(shape) <= prod(shape) <= LARGEST_MAP:
            raise MisfitError(_("it would put out {shape} for one image.", shape=list(shape)))
        self.shape = self.shape if shape is None else shape
        self.pieces.append(Piece(layer, modules, margin))
        if modules:
            self.function = "linear"

    def activate(self, name: object) -> None:
        """Apply an activation function by Keras's name for it.

        Raises:
            MisfitError: if it is not known, or a softmax stands where the model does not end.
        """
        if name in (None, "linear"):
            return
        if name in _ENDS:
            self._end()
        elif isinstance(name, str) and name in _FUNCTIONS:
            self.apply(name, _FUNCTIONS[name]())
        else:
            raise MisfitError(
                _(
                    "its activation function is {name!r}; known: {known}.",
                    name=name,
                    known=", ".join([*_FUNCTIONS, "softmax"]),
                )
            )

    def apply(self, name: str, module: nn.Module) -> None:
        """Apply an activation function, as part of the layer before it where a recipe can say so.

        Raises:
            MisfitError: if the model has ended.
        """
        last = self.pieces[-1] if self.pieces else None
        layer = last.layer if last else None
        if (
            last
            and name in _SAID
            and isinstance(layer, Conv | Dense | BatchNorm)
            and layer.activation == "linear"
            and not self.ended
        ):
            said = msgspec.structs.replace(layer, activation=name)
            self.pieces[-1] = replace(last, layer=said, modules=(*last.modules, module))
        else:
            self.put(None, module)
        self.function = name

    def flatten(self) -> None:
        """Lay maps out as a vector; Keras puts its numbers in another order than PyTorch.

        Raises:
            MisfitError: if the model has ended.
        """
        if len(self.shape) == 1:
            return
        if len(self.shape) == 3:
            self.order = keras_order(self.shape)
        self.put(Flatten(), nn.Flatten(), shape=(prod(self.shape),))

    def map_shape(self) -> tuple[int, int, int]:
        """Return channels, height and width of what the next layer is given.

        Raises:
            MisfitError: if that is no map.
        """
        if len(self.shape) != 3:
            raise MisfitError(_("it is given {shape}; expected a map.", shape=list(self.shape)))
        return self.shape

    def _end(self) -> None:
        if len(self.shape) != 1 or self.ended:
            raise MisfitError(_("its softmax is not over the model's ten outputs."))
        self.ended = True
