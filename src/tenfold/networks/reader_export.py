"""The trained networks of the reader as model files."""

from __future__ import annotations

from pathlib import Path
from typing import final

import numpy as np
import torch
from torch import nn

from tenfold.models import Card, InkModel, LineModel, Model, SignModel, load_model, probe_images
from tenfold.models.ink_model import probe_answer, probe_view
from tenfold.models.line_model import HEIGHT, probe_strip
from tenfold.models.sign_model import SIDE, SIGNS, probe_window
from tenfold.networks.onnx_export import check_agreement, write_model
from tenfold.networks.reader import (
    CLASSES,
    COLUMN,
    NONE,
    PLANES,
    DigitNetwork,
    InkNetwork,
    LineNetwork,
    SignNetwork,
)

__all__ = [
    "digit_probe",
    "ink_probe",
    "line_probe",
    "save_digits",
    "save_ink",
    "save_lines",
    "save_signs",
    "sign_probe",
]

_SIZES = (48, 100)
"""Widths on which a saved line model is compared with the network."""

_VIEWS = ((32, 32), (48, 112))
"""Sizes on which a saved ink model is."""


@final
class _Judge(nn.Module):
    """The digit network with its answers apart: logits [N, 10] of digits, and [N, 1] of none."""

    def __init__(self, network: DigitNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the logits of the digits, and of none of them."""
        logits = self.network(images)
        return logits[:, :NONE], logits[:, NONE:]


@final
class _Covering(nn.Module):
    """The ink network with its answers as shares of a pixel, 0 to 1."""

    def __init__(self, network: InkNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, gray: torch.Tensor) -> torch.Tensor:
        """Return how much ink covers each pixel, [N, 2, H, W]."""
        logits: torch.Tensor = self.network(gray)
        return logits.sigmoid()


@torch.no_grad()
def ink_probe(network: InkNetwork) -> tuple[float, ...]:
    """Return how much ink ``network`` finds on the probe's view, for the card."""
    network.eval()
    view = torch.from_numpy(probe_view())[None, None]
    return tuple(probe_answer(network(view).sigmoid()[0].numpy()).tolist())


@torch.no_grad()
def line_probe(network: LineNetwork) -> tuple[float, ...]:
    """Return what ``network`` answers to the probe's strip, mean over columns, for the card."""
    network.eval()
    logits, _boxes = network(torch.from_numpy(probe_strip())[:, None])
    return tuple(logits[0].mean(0).tolist())


@torch.no_grad()
def digit_probe(network: DigitNetwork) -> tuple[float, ...]:
    """Return the ten digits' logits that ``network`` gives the probe's image, for the card."""
    network.eval()
    return tuple(network(torch.from_numpy(probe_images()))[0, :NONE].tolist())


@torch.no_grad()
def sign_probe(network: SignNetwork) -> tuple[float, ...]:
    """Return the logits that ``network`` gives the probe's window, for the card."""
    network.eval()
    return tuple(network(torch.from_numpy(probe_window()))[0].tolist())


def save_ink(path: Path, network: InkNetwork, card: Card) -> InkModel:
    """Write the ink network, read it back, compare, and return it.

    Raises:
        StorageError: if the file cannot be written.
        ModelError: if ONNX Runtime's answers differ from PyTorch's.
    """
    covering = _Covering(network)
    inputs = {"gray": ("N", 1, "H", "W")}
    write_model(path, covering, card, inputs, {"ink": ("N", PLANES, "H", "W")})
    model = InkModel(path.read_bytes())
    random = np.random.default_rng(0)
    for size in _VIEWS:
        gray = random.random(size, np.float32)
        with torch.no_grad():
            expected = covering(torch.from_numpy(gray)[None, None])[0]
        check_agreement(model.predict(gray), expected.numpy())
    return model


def save_lines(path: Path, network: LineNetwork, card: Card) -> LineModel:
    """Write the line network, read it back, compare, and return it.

    Raises:
        StorageError: if the file cannot be written.
        ModelError: if ONNX Runtime's answers differ from PyTorch's.
    """
    answers = {"logits": ("N", "T", CLASSES), "boxes": ("N", "T", 4)}
    # The network halves the width twice; any multiple of 4 goes through.
    write_model(path, network, card, {"strips": ("N", 1, HEIGHT, "W")}, answers)
    model = LineModel(path.read_bytes())
    random = np.random.default_rng(0)
    for width in _SIZES:
        strips = random.random((3, HEIGHT, width), np.float32)
        with torch.no_grad():
            expected, offsets = network(torch.from_numpy(strips)[:, None])
        logits, boxes = model.predict(strips)
        check_agreement(logits, expected.numpy())
        check_agreement(boxes, _in_pixels(offsets).numpy())
    return model


def save_digits(path: Path, network: DigitNetwork, card: Card) -> Model:
    """Write the digit network, read it back, compare, and return it.

    Raises:
        StorageError: if the file cannot be written.
        ModelError: if ONNX Runtime's answers differ from PyTorch's.
    """
    answers = {"logits": ("N", NONE), "none": ("N", 1)}
    write_model(path, _Judge(network), card, {"images": ("N", 1, 28, 28)}, answers)
    model = load_model(path)
    images = np.random.default_rng(0).random((16, 28, 28), np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(images)[:, None])
    check_agreement(model.logits(images), expected[:, :NONE].numpy())
    check_agreement(model.judge(images), expected.softmax(1).numpy())
    return model


def save_signs(path: Path, network: SignNetwork, card: Card) -> SignModel:
    """Write the sign network, read it back, compare, and return it.

    Raises:
        StorageError: if the file cannot be written.
        ModelError: if ONNX Runtime's answers differ from PyTorch's.
    """
    inputs = {"windows": ("N", 2, SIDE, SIDE)}
    write_model(path, network, card, inputs, {"logits": ("N", len(SIGNS))})
    model = SignModel(path.read_bytes())
    windows = np.random.default_rng(0).random((4, 2, SIDE, SIDE), np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(windows))
    check_agreement(model.logits(windows), expected.numpy())
    return model


def _in_pixels(offsets: torch.Tensor) -> torch.Tensor:
    """Boxes as ``LineModel`` gives them, from the network's own."""
    column = torch.arange(offsets.shape[1])[:, None] * COLUMN + (COLUMN - 1) / 2
    row = torch.full_like(column, HEIGHT / 2)
    return offsets * (HEIGHT / 2) + torch.cat([column, row, column, row], 1)
