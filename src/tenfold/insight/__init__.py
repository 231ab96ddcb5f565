"""What a network sees: for the page, for figures and for notebooks.

    activations   what each layer makes of a digit
    occlusion     which pixels the answer rests on: those whose covering changes it most
    neighbors     the training digits that the network finds most alike
    plane         a map of test digits, and a digit's place on it
    gradients     the same questions asked of a network in PyTorch: filters, activations, the
                  gradient of the answer by each pixel

All but the last work for any model of ours, from its ONNX file alone, without PyTorch.
"""

from __future__ import annotations

from tenfold.insight.activations import Layer, layers_of
from tenfold.insight.index_cache import Preparing, Shelf, cached_mnist
from tenfold.insight.neighbors import Neighbor, nearest
from tenfold.insight.network import OpenNetwork, open_network
from tenfold.insight.occlusion import occlusion

__all__ = [
    "Layer",
    "Neighbor",
    "OpenNetwork",
    "Preparing",
    "Shelf",
    "cached_mnist",
    "layers_of",
    "nearest",
    "occlusion",
    "open_network",
]
