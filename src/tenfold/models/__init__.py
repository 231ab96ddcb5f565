"""Saved models: one ONNX file each, with its card inside; no PyTorch needed."""

from tenfold.models.bundled import bundled_names, load_bundled
from tenfold.models.card import CARD_KEY, Card, Probe
from tenfold.models.model import Model, load_model, probe_images

__all__ = [
    "CARD_KEY",
    "Card",
    "Model",
    "Probe",
    "bundled_names",
    "load_bundled",
    "load_model",
    "probe_images",
]
