"""The layers of a Keras model as one chain, whether it is Sequential or Functional."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tenfold.errors import ModelError
from tenfold.exchange.formats._keras.file import KerasFile, Plain, layer_name
from tenfold.language import text as _

__all__ = ["chained_layers", "input_shape"]

_OWN = ("keras", "tensorflow", "tf_keras")
_MODELS = ("Sequential", "Functional", "Model")
_SHAPES = ([28, 28, 1], [28, 28], [784])


def chained_layers(file: KerasFile) -> list[Plain]:
    """Return the layers in the order in which they are asked, each of Keras's own classes.

    Raises:
        ModelError: if a class is not Keras's, or the layers form no chain.
    """
    for layer in (file.model, *file.layers):
        _check_own(layer)
    kind = file.model.get("class_name")
    if kind not in _MODELS:
        raise ModelError(
            _(
                "The model is of class {name}, whose layers the file does not tell; expected a "
                "Sequential or Functional model.",
                name=kind,
            )
        )
    return file.layers if kind == "Sequential" else _ordered(file.layers)


def input_shape(file: KerasFile, layers: list[Plain]) -> list[int]:
    """Return the shape of one image as the model takes it: [28, 28, 1], [28, 28] or [784].

    Raises:
        ModelError: if it takes another, or the file does not say.
    """
    configs = [layers[0]["config"]] if layers else []
    if isinstance(file.model.get("config"), dict):
        configs.append(file.model["config"])
    keys = ("batch_shape", "batch_input_shape", "build_input_shape")
    shapes = (config.get(key) for config in configs for key in keys)
    shape = next((shape for shape in shapes if isinstance(shape, list)), None)
    if shape is None or shape[1:] not in _SHAPES:
        raise ModelError(
            _(
                "The model takes images of shape {shape}; expected 28 x 28 x 1, 28 x 28 or 784.",
                shape=shape and shape[1:],
            )
        )
    return shape[1:]


def _check_own(layer: Plain) -> None:
    """Refuse a class of somebody's own: what it computes is in code that the file has not."""
    module = layer.get("module")
    registered = layer.get("registered_name")
    name = layer.get("class_name")
    if not isinstance(name, str):
        raise ModelError(_("A layer in the file has no name; the file is damaged."))
    own = module is None or (isinstance(module, str) and module.partition(".")[0] in _OWN)
    if not own or registered not in (None, name) or ">" in name:
        raise ModelError(
            _(
                "{name} is a class of somebody's own, whose code is not in the file and would not "
                "be run; only Keras's own layers are converted.",
                name=registered or name,
            )
        )


def _ordered(layers: list[Plain]) -> list[Plain]:
    """The layers of a Functional model, each given what the one before it puts out."""
    after: dict[str, Plain] = {}
    first: list[Plain] = []
    for layer in layers:
        sources = list(_sources(layer.get("inbound_nodes")))
        if not sources and layer["class_name"] == "InputLayer":
            first.append(layer)
        elif len(sources) == 1 and sources[0] not in after:
            after[sources[0]] = layer
        else:
            raise _branching(layer_name(layer))
    if len(first) != 1:
        raise _branching("InputLayer")
    ordered = first
    while (name := layer_name(ordered[-1])) in after:
        ordered.append(after.pop(name))
    if after:
        raise _branching(next(iter(after)))
    return ordered


def _sources(nodes: Any) -> Iterator[str]:
    """The names of the layers that a layer is given the outputs of, as any Keras writes them."""
    if isinstance(nodes, dict):
        history = nodes.get("keras_history")
        if isinstance(history, list) and history:
            yield str(history[0])
            return
        nodes = list(nodes.values())
    if isinstance(nodes, list):
        # Keras 2: [name, number of the call, number of the output, further arguments].
        if len(nodes) in (3, 4) and isinstance(nodes[0], str) and isinstance(nodes[1], int):
            yield nodes[0]
            return
        for node in nodes:
            yield from _sources(node)


def _branching(name: str) -> ModelError:
    return ModelError(
        _(
            "The model's layers branch at {name}; only models whose layers follow one after the "
            "other are converted.",
            name=name,
        )
    )
