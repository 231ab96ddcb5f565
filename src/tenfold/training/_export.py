"""A trained network as a model file."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import nn

from tenfold.errors import ModelError
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.models import CARD_KEY, Card, load_model, probe_images
from tenfold.training._scaling import PixelScaling

__all__ = ["ScaledNetwork", "probe_logits", "save_model"]

AGREEMENT = 1e-4


class ScaledNetwork(nn.Module):
    """A network with its scaling in front: float32 [N, 1, 28, 28] in [0, 1] -> logits [N, 10]."""

    def __init__(self, scaling: PixelScaling, network: nn.Module) -> None:
        super().__init__()
        self.scaling = scaling
        self.network = network

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits of ``images``."""
        logits: torch.Tensor = self.network(self.scaling(images * 255))
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
    network.eval()
    program = _export(network)
    proto = program.model_proto
    onnx.helper.set_model_props(proto, {CARD_KEY: card.to_json()})
    write_whole(path, proto.SerializeToString(deterministic=True))
    images = np.random.default_rng(0).random((16, 1, 28, 28), np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(images)).numpy()
    worst = float(np.abs(load_model(path).logits(images) - expected).max())
    if not worst <= AGREEMENT * max(1.0, float(np.abs(expected).max())):
        raise ModelError(
            _("The saved model differs from the trained one by {worst:.3g}.", worst=worst)
        )


def _export(network: ScaledNetwork) -> Any:
    example = torch.zeros(2, 1, 28, 28)
    with _quiet():
        program = torch.onnx.export(
            network,
            (example,),
            dynamo=True,
            dynamic_shapes=({0: torch.export.Dim("N")},),
            input_names=["images"],
            output_names=["logits"],
            verbose=False,
        )
    assert program is not None
    return program


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's remarks about its own internals and absent packages from users."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            yield
        finally:
            logger.setLevel(level)
