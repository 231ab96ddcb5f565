"""Saved models: one ONNX file each, with its card inside; no PyTorch needed."""

from tenfold.models.bundled import (
    bundled_names,
    load_bundled,
    load_bundled_ink,
    load_bundled_lines,
    load_bundled_signs,
    open_model,
)
from tenfold.models.card import CARD_KEY, DIGITS, Card, Probe
from tenfold.models.ink_model import InkModel
from tenfold.models.line_model import LineModel
from tenfold.models.metadata import with_card
from tenfold.models.model import Model, load_model, probe_images
from tenfold.models.sign_model import SignModel
from tenfold.models.trained_networks import TrainedNetworks, networks_in

__all__ = [
    "CARD_KEY",
    "DIGITS",
    "Card",
    "InkModel",
    "LineModel",
    "Model",
    "Probe",
    "SignModel",
    "TrainedNetworks",
    "bundled_names",
    "load_bundled",
    "load_bundled_ink",
    "load_bundled_lines",
    "load_bundled_signs",
    "load_model",
    "networks_in",
    "open_model",
    "probe_images",
    "with_card",
]
