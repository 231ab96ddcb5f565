"""Deeper networks: further convolution blocks or dense layers put into a recipe."""

from __future__ import annotations

import msgspec

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes._layers import Conv, Dense, Flatten, Layer
from tenfold.recipes._recipe import Recipe

__all__ = ["with_conv_blocks", "with_dense_layers"]

MOST = 20
MOST_FILTERS = 64


def with_conv_blocks(recipe: Recipe, count: int) -> Recipe:
    """Return ``recipe`` with ``count`` further convolution blocks before its Flatten.

    A block is the recipe's last convolution with all that follows it (batch normalization,
    pooling), each with twice the filters of the one before, up to 64. Without padding every block
    makes the maps smaller: cnn-baseline's 13 x 13 take two, cnn-deep's 4 x 4 take one.

    Raises:
        InputError: if the recipe has no convolution, or so many blocks do not fit.
    """
    _check(count, "conv_blocks")
    if count == 0:
        return recipe
    layers = recipe.layers
    at = _last(recipe, Conv, layers)
    end = next((i for i, layer in enumerate(layers) if isinstance(layer, Flatten)), len(layers))
    conv, *rest = layers[at:end]
    blocks: list[Layer] = []
    for _block in range(count):
        assert isinstance(conv, Conv)
        filters = max(conv.filters, min(MOST_FILTERS, 2 * conv.filters))
        conv = msgspec.structs.replace(conv, filters=filters)
        blocks += [conv, *rest]
    return _with(recipe, (*layers[:end], *blocks, *layers[end:]), count, "conv_blocks")


def with_dense_layers(recipe: Recipe, count: int) -> Recipe:
    """Return ``recipe`` with ``count`` further dense layers before its last.

    Each is the recipe's last hidden dense layer with all that follows it (batch normalization,
    dropout).

    Raises:
        InputError: if the recipe has no hidden dense layer, or the count is out of range.
    """
    _check(count, "dense_layers")
    if count == 0:
        return recipe
    *hidden, output = recipe.layers
    at = _last(recipe, Dense, tuple(hidden))
    return _with(recipe, (*hidden, *hidden[at:] * count, output), count, "dense_layers")


def _last(recipe: Recipe, kind: type[Layer], layers: tuple[Layer, ...]) -> int:
    for at in reversed(range(len(layers))):
        if isinstance(layers[at], kind):
            return at
    raise InputError(
        _(
            "{recipe} has no hidden {kind} layer to repeat; choose another recipe.",
            recipe=recipe.name,
            kind=kind.__name__,
        )
    )


def _with(recipe: Recipe, layers: tuple[Layer, ...], count: int, name: str) -> Recipe:
    try:
        return msgspec.structs.replace(recipe, layers=layers)
    except InputError as error:
        raise InputError(
            _(
                "{name}={count} does not fit into {recipe}, whose maps begin as 28 x 28: {reason} "
                "Use a smaller number.",
                name=name,
                count=count,
                recipe=recipe.name,
                reason=error,
            )
        ) from error


def _check(count: int, name: str) -> None:
    if not 0 <= count <= MOST:
        raise InputError(
            _(
                "Received {name}={count}; expected 0 to {most}.",
                name=name,
                count=count,
                most=MOST,
            )
        )
