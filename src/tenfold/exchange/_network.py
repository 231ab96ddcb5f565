"""A network with its weights, taken out of a model file or made from a card and tensors."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from tenfold.errors import InputError, ModelError
from tenfold.language import text as _
from tenfold.models import Card, Model
from tenfold.models.scaling import PixelScaling, scaling_of
from tenfold.networks.build import build_network
from tenfold.networks.onnx_export import ScaledNetwork, check_agreement
from tenfold.networks.reader import CLASSES, DigitNetwork
from tenfold.networks.scaling import scale
from tenfold.networks.test_time_augmentation import shift_averaged
from tenfold.networks.weights import Weights, check_weights, stored_weights
from tenfold.recipes import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Recipe,
    recipe_from_dict,
    summarize,
)

__all__ = ["LARGEST_MAP", "Network", "check_layers", "from_model", "from_weights"]

LARGEST_MAP = 1 << 22
"""The most numbers that one layer may put out for one image; the largest here puts out 21,632."""


_NORMALIZED = BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu")
_DIGIT_LAYERS: tuple[Layer, ...] = (
    Conv(24, 5, activation="linear", bias="none", stride=2, padding=2),
    _NORMALIZED,
    Conv(32, 3, activation="linear", bias="none", padding=1),
    _NORMALIZED,
    Conv(64, 3, activation="linear", bias="none", stride=2, padding=1),
    _NORMALIZED,
    Conv(64, 3, activation="linear", bias="none", padding=1),
    _NORMALIZED,
    Flatten(),
    Dense(128),
    Dropout(0.2),
    Dense(CLASSES, activation="linear"),
)
"""The reader's digit network, said in layers of recipes: its eleventh output is "no digit"."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A trained network that other programs can be given.

    Args:
        card: what its model file says of it.
        layers: what it is made of; the last has 10 outputs, or 11 with "no digit" behind.
        body: the same in PyTorch, with its weights, as it is when evaluated: scaled pixels
            float32 [N, 1, 28, 28] -> logits [N, 10 or 11].
        scaling: of pixels of 0 to 255.
        shifts: its answers are averaged over shifts of up to so many pixels.
    """

    card: Card
    layers: tuple[Layer, ...]
    body: nn.Module
    scaling: PixelScaling
    shifts: int

    def answering(self, scaling: PixelScaling) -> nn.Module:
        """Return a module from pixels [N, 1, 28, 28] to logits that scales pixels like this."""
        return _Answering(scaling, self.body, self.shifts).eval()

    def scaled(self) -> ScaledNetwork:
        """Return the network as model files hold it: pixels of 0 to 1 -> logits."""
        network = ScaledNetwork(self.scaling, self.body, self.shifts)
        network.eval()
        return network

    def whole(self) -> ScaledNetwork | DigitNetwork:
        """Return what a model file is made of: the reader's network itself, others scaled."""
        return self.body if isinstance(self.body, DigitNetwork) else self.scaled()


class _Answering(nn.Module):
    """A network with the scaling of what it is given in front, averaged over shifts."""

    def __init__(self, scaling: PixelScaling, body: nn.Module, shifts: int) -> None:
        super().__init__()
        self.scaling = scaling
        self.network = body
        self.shifts = shifts

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the logits of images."""
        return shift_averaged(
            lambda part: self.network(scale(part, self.scaling)), pixels, self.shifts
        )


def from_model(model: Model) -> Network:
    """Return the network in ``model``, a model of Tenfold's.

    Raises:
        ModelError: if the card's recipe is not what the file holds.
    """
    layers, body = _built(model.card)
    weights = stored_weights(model.card.name, model.content)
    network = _filled(model.card, layers, body, weights)
    images = np.random.default_rng(0).random((16, 1, 28, 28), np.float32)
    check_agreement(_asked(network, images)[:, :10], model.logits(images))
    return network


def from_weights(card: Card, weights: Weights) -> Network:
    """Return the network that ``card`` tells of, with these weights.

    Raises:
        ModelError: if they are not of the card's recipe, or do not answer as the card says.
    """
    network = _filled(card, *_built(card), weights)
    from tenfold.models import probe_images
    from tenfold.models.session import check_answer

    check_answer(_asked(network, probe_images())[0, :10], card.probe)
    return network


def check_layers(layers: tuple[Layer, ...]) -> None:
    """Refuse a network whose maps would fill the memory.

    Raises:
        InputError: if the layers do not fit together or put out too much.
    """
    for row in summarize(layers):
        if prod(row.shape) > LARGEST_MAP:
            raise InputError(
                _(
                    "A layer puts out {shape} for one image; expected at most {limit} numbers.",
                    shape=list(row.shape),
                    limit=LARGEST_MAP,
                )
            )


@torch.no_grad()
def _asked(network: Network, images: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    answers: npt.NDArray[np.float32] = network.scaled()(torch.from_numpy(images)).numpy()
    return answers


def _built(card: Card) -> tuple[tuple[Layer, ...], nn.Module]:
    """The card's layers, and their network without memory for weights."""
    try:
        recipe = recipe_from_dict(card.recipe)
        layers = recipe.layers if isinstance(recipe, Recipe) else _DIGIT_LAYERS
        if isinstance(recipe, Recipe):
            check_layers(layers)
    except InputError as error:
        raise ModelError(
            _(
                "The card of {name} holds no recipe that its network could be built from: {reason}",
                name=card.name,
                reason=error,
            )
        ) from error
    with torch.device("meta"):
        return layers, build_network(layers) if isinstance(recipe, Recipe) else DigitNetwork()


def _filled(card: Card, layers: tuple[Layer, ...], body: nn.Module, weights: Weights) -> Network:
    check_weights(card.name, weights, body)
    counts = {name: torch.zeros((), dtype=torch.int64) for name in body.state_dict()}
    body.load_state_dict({**counts, **weights}, strict=True, assign=True)
    body.eval()
    return Network(card, layers, body, _scaling(card), recipe_from_dict(card.recipe).shifts)


def _scaling(card: Card) -> PixelScaling:
    if not card.scaling:
        # The reader's networks take pixels of 0 to 1 as they are.
        return PixelScaling("normalize", 0.0, 1 / 255)
    return scaling_of(card, card.name)
