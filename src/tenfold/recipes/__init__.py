"""Recipes: what to build and how to train it, one file each, as frozen data.

Importing this package, listing recipes and printing their summaries needs no PyTorch.
"""

from tenfold.recipes._layers import BatchNorm, Conv, Dense, Dropout, Flatten, Layer, MaxPool
from tenfold.recipes._optimizers import SGD, Adam, Optimizer, RMSprop
from tenfold.recipes._recipe import Recipe
from tenfold.recipes._registry import load_recipe, recipe_names
from tenfold.recipes._summary import LayerSummary, parameter_count, summarize

__all__ = [
    "SGD",
    "Adam",
    "BatchNorm",
    "Conv",
    "Dense",
    "Dropout",
    "Flatten",
    "Layer",
    "LayerSummary",
    "MaxPool",
    "Optimizer",
    "RMSprop",
    "Recipe",
    "load_recipe",
    "parameter_count",
    "recipe_names",
    "summarize",
]
