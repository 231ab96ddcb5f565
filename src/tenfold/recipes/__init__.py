"""Recipes: what to build and how to train it, one file each, as frozen data.

Importing this package, listing recipes and printing their summaries needs no PyTorch.
"""

from tenfold.recipes._augmentation import Augmentation
from tenfold.recipes._depth import with_conv_blocks, with_dense_layers
from tenfold.recipes._from_model import settled_recipe
from tenfold.recipes._layers import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool,
    WeightStart,
)
from tenfold.recipes._names import DESCRIPTIONS, Named, changes_of, decisive, named
from tenfold.recipes._optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from tenfold.recipes._reader import Course, NetworkSummary, ReaderRecipe, Scenes
from tenfold.recipes._recipe import Precision, Recipe
from tenfold.recipes._registry import (
    AnyRecipe,
    load_any_recipe,
    load_recipe,
    network_names,
    recipe_from_dict,
    recipe_names,
)
from tenfold.recipes._schedule import OneCycle
from tenfold.recipes._summary import LayerSummary, parameter_count, summarize
from tenfold.recipes._validation import counted, held_out
from tenfold.recipes._words import extras
from tenfold.recipes._work import training_operations

__all__ = [
    "DESCRIPTIONS",
    "SGD",
    "Adam",
    "AdamW",
    "AnyRecipe",
    "Augmentation",
    "BatchNorm",
    "Conv",
    "Course",
    "Dense",
    "Dropout",
    "Flatten",
    "Layer",
    "LayerSummary",
    "MaxPool",
    "Named",
    "NetworkSummary",
    "OneCycle",
    "Optimizer",
    "Precision",
    "RMSprop",
    "ReaderRecipe",
    "Recipe",
    "Scenes",
    "WeightStart",
    "changes_of",
    "counted",
    "decisive",
    "extras",
    "held_out",
    "load_any_recipe",
    "load_recipe",
    "named",
    "network_names",
    "parameter_count",
    "recipe_from_dict",
    "recipe_names",
    "settled_recipe",
    "summarize",
    "training_operations",
    "with_conv_blocks",
    "with_dense_layers",
]
