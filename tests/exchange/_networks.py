"""Small networks of chance weights, of every kind of layer that recipes have, with their cards."""

from __future__ import annotations

import torch

from tenfold.exchange._network import Network
from tenfold.imaging.placement import Placement
from tenfold.models import Card, Probe
from tenfold.models.scaling import PixelScaling
from tenfold.networks.build import build_network
from tenfold.networks.onnx_export import ScaledNetwork, probe_logits
from tenfold.recipes import Adam, BatchNorm, Conv, Dense, Dropout, Flatten, MaxPool, Recipe

OUTPUT = Dense(10, activation="linear")
LAYERS = {
    # Every kind of layer that recipes have, with a batch normalization at each place it may stand.
    "convolutions": (
        Conv(5, 5, stride=2, padding=2, bias="none", activation="linear"),
        BatchNorm(activation="relu"),
        Conv(6, 3, padding=1),
        BatchNorm(epsilon=1e-2),
        MaxPool(2),
        Conv(4, 2, stride=3, activation="sigmoid"),
        Dropout(0.3),
        Flatten(),
        BatchNorm(),
        Dense(9, bias="none", activation="linear"),
        BatchNorm(activation="sigmoid"),
        Dense(8),
        OUTPUT,
    ),
    "dense": (Flatten(), Dense(12, activation="sigmoid"), Dropout(0.1), OUTPUT),
}
SCALINGS = {
    "raw": PixelScaling("raw", 0.0, 1.0),
    "normalize": PixelScaling("normalize", 0.0, 1 / 255),
    "standardize": PixelScaling("standardize", 33.3, 0.0127),
}


def random_network(layers: str, scaling: str, shifts: int = 0, seed: int = 0) -> Network:
    """A network of chance weights and running statistics, with its card."""
    recipe = Recipe(
        name=f"of-{layers}",
        title="chance",
        layers=LAYERS[layers],
        scaling=scaling,
        optimizer=Adam(),
        shifts=shifts,
    )
    torch.manual_seed(seed)
    body = build_network(recipe.layers)
    for name, value in body.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.1, 2)
        elif name.endswith(("bias", "running_mean")):
            value.normal_(0, 0.1)
        elif value.ndim > 1:
            value *= 0.02 if scaling == "raw" and value.shape[-1] == 784 else 3
    body.eval()
    scaled = ScaledNetwork(SCALINGS[scaling], body, shifts).eval()
    card = Card(
        name=recipe.name,
        classes=tuple("0123456789"),
        placement=Placement().to_dict(),
        scaling=SCALINGS[scaling].to_dict(),
        recipe=recipe.to_dict(),
        training={},
        data={},
        scores={},
        versions={},
        license="MIT",
        probe=Probe(probe_logits(scaled)),
    )
    # As it is once a file has carried it: JSON knows no tuples.
    card = Card.from_json(card.to_json())
    return Network(card, recipe.layers, body, SCALINGS[scaling], shifts)
