"""A look inside a saved model, without PyTorch: for one placed digit, what it saw and why.

    activations   what each layer makes of the digit
    saliency      which of its pixels the answer rests on
    neighbors     the training digits that the network finds most alike
    plane         a map of test digits, and the digit's place on it

All of it works for any model of ours, from its ONNX file alone.
"""

from __future__ import annotations

from tenfold.web.insight.activations import Layer, layers_of
from tenfold.web.insight.neighbors import Neighbor, nearest
from tenfold.web.insight.network import OpenNetwork, open_network
from tenfold.web.insight.saliency import saliency
from tenfold.web.insight.shelf import Preparing, Shelf, cached_mnist
from tenfold.web.placed import as_base64, from_base64

__all__ = [
    "Layer",
    "Neighbor",
    "OpenNetwork",
    "Preparing",
    "Shelf",
    "as_base64",
    "cached_mnist",
    "from_base64",
    "layers_of",
    "nearest",
    "open_network",
    "saliency",
]
