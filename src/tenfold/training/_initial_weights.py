"""Where a training begins when not from chance: the weights of a model trained before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from tenfold.errors import ModelError
from tenfold.language import text as _
from tenfold.models import Model
from tenfold.models.scaling import scaling_of
from tenfold.models.session import check_answer
from tenfold.networks.build import build_network
from tenfold.networks.onnx_export import ScaledNetwork, probe_logits
from tenfold.networks.weights import Weights, check_weights, stored_weights
from tenfold.recipes import Recipe, recipe_from_dict
from tenfold.records import Start, trained_model

__all__ = ["Beginning", "open_start"]


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """A start with its weights, checked.

    Args:
        start: what to note of it.
        weights: the state of the network.
    """

    start: Start
    weights: Weights


def open_start(source: str | Path, recipe: Recipe) -> Beginning:
    """Open the model to begin with.

    Args:
        source: a bundled model's name, a model file, or the folder of a finished run.
        recipe: what is to be trained; the model must be of the same network and scaling.

    Raises:
        RunError: if it is the folder of a run that has no model yet.
        ModelError: if the model is damaged, or of another recipe.
    """
    model = trained_model(source)
    _check_recipe(source, model, recipe)
    scaling = scaling_of(model.card, str(source))
    # The network built to try the weights must not take from the caller's random numbers.
    with torch.random.fork_rng():
        network = build_network(recipe.layers)
    weights = stored_weights(str(source), model.content)
    check_weights(str(source), weights, network)
    network.load_state_dict(weights, strict=False)
    answer = probe_logits(ScaledNetwork(scaling, network, recipe.shifts).eval())
    check_answer(np.asarray(answer, np.float32), model.card.probe)
    digest = hashlib.sha256(model.content).hexdigest()
    start = Start(name=str(source), sha256=digest, scaling=scaling)
    return Beginning(start, network.state_dict())


def _check_recipe(source: str | Path, model: Model, recipe: Recipe) -> None:
    theirs = recipe_from_dict(model.card.recipe)
    fields = ("layers", "scaling", "shifts")
    differing = [
        name
        for name in fields
        if not theirs.one_network or getattr(theirs, name) != getattr(recipe, name)
    ]
    if differing:
        raise ModelError(
            _(
                "{model} was trained by {theirs}, which differs from {ours} in {fields}; "
                "start from a model of {ours}.",
                model=source,
                theirs=theirs.name,
                ours=recipe.name,
                fields=", ".join(differing),
            )
        )
