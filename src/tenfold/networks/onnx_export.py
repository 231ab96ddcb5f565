"""A trained network as a model file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import nn

from tenfold.errors import ModelError
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.models import CARD_KEY, Card, load_model, probe_images, with_card
from tenfold.models.scaling import PixelScaling
from tenfold.networks._onnx_graph import Shape, network_graph
from tenfold.networks.scaling import scale
from tenfold.networks.test_time_augmentation import shift_averaged

__all__ = [
    "ScaledNetwork",
    "check_agreement",
    "probe_logits",
    "replace_card",
    "save_model",
    "write_model",
]

AGREEMENT = 1e-4


class ScaledNetwork(nn.Module):
    """A network as it is asked: float32 [N, 1, 28, 28] in [0, 1] -> logits [N, 10].

    Its scaling is in front, and where ``shifts`` are wanted, its answers are averaged over them.
    """

    def __init__(self, scaling: PixelScaling, network: nn.Module, shifts: int = 0) -> None:
        super().__init__()
        self.scaling = scaling
        self.network = network
        self.shifts = shifts

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits of ``images``."""
        return shift_averaged(self._classify, images * 255, self.shifts)

    def _classify(self, pixels: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.network(scale(pixels, self.scaling))
        return logits


def probe_logits(network: nn.Module) -> tuple[float, ...]:
    """Return what ``network`` answers to the probe's image, for the card."""
    with torch.no_grad():
        return tuple(network(torch.from_numpy(probe_images()))[0].tolist())


def save_model(path: Path, network: ScaledNetwork, card: Card) -> None:
    """Write ``network`` with its ``card`` to one ONNX file, and read it back to compare.

    Raises:
        StorageError: if the file cannot be written.
        ModelError: if ONNX Runtime's answers differ from PyTorch's.
    """
    write_model(path, network, card, {"images": ("N", 1, 28, 28)}, {"logits": ("N", 10)})
    images = np.random.default_rng(0).random((16, 1, 28, 28), np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(images)).numpy()
    check_agreement(load_model(path).logits(images), expected)


def check_agreement(found: npt.NDArray[np.float32], expected: npt.NDArray[np.float32]) -> None:
    """Compare what a saved model answers with what PyTorch answered.

    Raises:
        ModelError: if they differ by more than rounding.
    """
    worst = float(np.abs(found - expected).max())
    if not worst <= AGREEMENT * max(1.0, float(np.abs(expected).max())):
        raise ModelError(
            _("The saved model differs from the trained one by {worst:.3g}.", worst=worst)
        )


def write_model(
    path: Path,
    network: nn.Module,
    card: Card,
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
) -> None:
    """Write ``network`` with its ``card`` to one ONNX file.

    Args:
        path: where to.
        network: what to write, as it is when evaluated.
        card: what the file says of itself.
        inputs: the name and shape of each argument of ``network.forward``; an axis of any length
            has a name.
        outputs: the same for each tensor that it returns.

    Raises:
        StorageError: if the file cannot be written.
    """
    network.eval()
    model = network_graph(network, inputs, outputs)
    onnx.helper.set_model_props(model, {CARD_KEY: card.to_json()})
    write_whole(path, model.SerializeToString(deterministic=True))


def replace_card(path: Path, card: Card) -> None:
    """Give the model file ``path`` another card.

    Raises:
        StorageError: if the file cannot be written.
    """
    write_whole(path, with_card(path.read_bytes(), card))
