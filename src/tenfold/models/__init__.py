"""Saved models: one ONNX file each, with its card inside; no PyTorch needed."""

from tenfold.models.bundled import bundled_names, load_bundled, load_bundled_lines, open_model
from tenfold.models.card import CARD_KEY, Card, Probe
from tenfold.models.line_model import LineModel
from tenfold.models.metadata import with_card
from tenfold.models.model import Model, load_model, probe_images
from tenfold.models.predictions import Predictions, predict

__all__ = [
    "CARD_KEY",
    "Card",
    "LineModel",
    "Model",
    "Predictions",
    "Probe",
    "bundled_names",
    "load_bundled",
    "load_bundled_lines",
    "load_model",
    "open_model",
    "predict",
    "probe_images",
    "with_card",
]
