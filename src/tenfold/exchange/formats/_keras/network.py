"""A Keras model as one of ours."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
import torch
from torch import nn

from tenfold.errors import InputError, ModelError
from tenfold.exchange._card import converted_card, slug_of
from tenfold.exchange._given import GIVEN, Given, check_given
from tenfold.exchange._network import check_layers
from tenfold.exchange.formats._keras.chain import chained_layers, input_shape
from tenfold.exchange.formats._keras.file import KerasFile, layer_name
from tenfold.exchange.formats._keras.layers import add_layer
from tenfold.exchange.formats._keras.walk import Walk
from tenfold.language import text as _
from tenfold.models import Card
from tenfold.models.scaling import PixelScaling
from tenfold.networks.build import build_network
from tenfold.networks.onnx_export import ScaledNetwork, probe_logits
from tenfold.recipes import Adam, Layer, Optimizer, Recipe

__all__ = ["keras_network"]

SMALL = 0.1
"""A model whose Rescaling multiplies by less than this is one of bytes."""

_OPTIMIZERS = {"SGD": "sgd", "RMSprop": "rmsprop", "Adam": "adam", "AdamW": "adamw"}


def keras_network(
    file: KerasFile, name: str, digest: str, pixels: Given | None
) -> tuple[ScaledNetwork, Card]:
    """Return the network of a Keras file, and its card.

    Args:
        file: what was read.
        name: of the file.
        digest: its sha256.
        pixels: what values the model was trained on; None tells it by its Rescaling layers, and
            takes 0 to 1 where there are none.

    Raises:
        ModelError: if it is no chain of known layers from a 28x28 image to 10 outputs.
    """
    walk = _walked(file)
    told = pixels or _told(file, walk)
    if told != "scaled":
        check_given(told)
    taken = file.pixels if told == "scaled" else GIVEN[told]
    assert taken is not None
    scaling = _scaling(walk, *taken)
    recipe = _recipe(walk, slug_of(name), name, scaling, file)
    body = nn.Sequential(*(module for piece in walk.pieces for module in piece.modules))
    if recipe is not None:
        body = _rebuilt(recipe.layers, body)
    network = ScaledNetwork(scaling, body)
    network.eval()
    with torch.no_grad():
        answer = torch.tensor(probe_logits(network))
    if not answer.isfinite().all():
        raise ModelError(_("The model does not answer with finite numbers; it is damaged."))
    silent = file.pixels is None and walk.factor == 1 and not walk.added
    card = converted_card(
        name,
        origin={
            "sha256": digest,
            "software": file.software,
            "pixels": told,
            "pixels_assumed": pixels is None and silent,
        },
        scaling=scaling,
        answer=answer.tolist(),
        recipe=recipe,
    )
    return network, card


def _walked(file: KerasFile) -> Walk:
    layers = chained_layers(file)
    walk = Walk(input_shape(file, layers))
    for layer in layers:
        add_layer(walk, layer, file.weights[layer_name(layer)])
    if walk.shape != (10,) or walk.order is not None:
        raise ModelError(
            _("The model puts out {shape}; expected 10 digits.", shape=list(walk.shape))
        )
    if not walk.ended and walk.function != "linear":
        raise ModelError(
            _(
                "The model ends in {name}; expected a softmax, or logits without an activation "
                "function.",
                name=walk.function,
            )
        )
    return walk


def _takes_bytes(walk: Walk) -> bool:
    return 0 < abs(walk.factor) < SMALL


def _told(file: KerasFile, walk: Walk) -> Given | Literal["scaled"]:
    """What pixels the file says that its model takes, or its Rescaling layers."""
    if file.pixels is None:
        return "bytes" if _takes_bytes(walk) else "unit"
    return next((word for word, taken in GIVEN.items() if taken == file.pixels), "scaled")


def _scaling(walk: Walk, factor: float, added: float) -> PixelScaling:
    """The pixels' way from bytes to what the first layer is given."""
    added = added * walk.factor + walk.added
    factor = factor * walk.factor
    if not (abs(factor) > 1e-12 and abs(factor) < 1e12 and abs(added) < 1e12):
        raise ModelError(_("The model scales pixels by {factor:.3g}; refused.", factor=factor))
    if added == 0 and abs(factor * 255 - 1) < 1e-6:
        return PixelScaling("normalize", 0.0, 1 / 255)
    name = "raw" if added == 0 and factor == 1 else "standardize"
    return PixelScaling(name, -added / factor, factor)


def _recipe(
    walk: Walk, slug: str, name: str, scaling: PixelScaling, file: KerasFile
) -> Recipe | None:
    """The model as a recipe, or None if the layers of recipes do not say it."""
    layers = [piece.layer for piece in walk.pieces if piece.layer is not None]
    if len(layers) < len(walk.pieces):
        return None
    try:
        check_layers(tuple(layers))
        return Recipe.from_dict(
            {
                "name": slug,
                "title": f"converted from {name}",
                "source": f"{name}, {file.software}",
                "layers": msgspec.to_builtins(layers),
                "scaling": scaling.name,
                "optimizer": msgspec.to_builtins(_optimizer(file.optimizer)),
            }
        )
    except InputError:
        # Such as a last layer with an activation function before its softmax.
        return None


def _optimizer(config: Any) -> Optimizer:
    """The optimizer of the file where recipes know it, else Keras's default Adam."""
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        return Adam()
    plain = dict(config["config"])
    rate = plain.get("learning_rate", plain.get("lr"))
    if isinstance(rate, float):
        # Keras keeps it as float32: 0.01 comes back as 0.009999999776482582.
        plain["learning_rate"] = float(f"{rate:.6g}")
    known = ("learning_rate", "momentum", "rho", "beta_1", "beta_2", "epsilon", "weight_decay")
    kind = _OPTIMIZERS.get(str(config.get("class_name")), "adam")
    try:
        found: Optimizer = msgspec.convert(_only(kind, plain, known), Optimizer)
    except msgspec.ValidationError:
        return Adam()
    return found


def _only(kind: str, plain: dict[str, object], names: tuple[str, ...]) -> dict[str, object]:
    fields = {
        "sgd": names[:2],
        "rmsprop": (names[0], "rho", "epsilon"),
        "adam": (names[0], "beta_1", "beta_2", "epsilon"),
        "adamw": (names[0], "beta_1", "beta_2", "epsilon", "weight_decay"),
    }[kind]
    return {"kind": kind, **{k: plain[k] for k in fields if plain.get(k) is not None}}


def _rebuilt(layers: tuple[Layer, ...], body: nn.Sequential) -> nn.Sequential:
    """The network as training builds it of the same layers, with the weights of ``body``."""
    kinds = (nn.Conv2d, nn.Linear, nn.BatchNorm1d, nn.BatchNorm2d)
    with torch.device("meta"):
        network = build_network(layers)
    given = [module for module in body if isinstance(module, kinds)]
    made = [module for module in network if isinstance(module, kinds)]
    for source, target in zip(given, made, strict=True):
        target.load_state_dict(source.state_dict(), assign=True)
    return network
