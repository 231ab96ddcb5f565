"""A look inside a trained network: weights, activations, gradients and features as plain arrays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, assert_never, final

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from tenfold.errors import InputError, ModelError, RunError
from tenfold.language import text as _
from tenfold.models import Card, load_model
from tenfold.models.model import as_input
from tenfold.models.scaling import PixelScaling
from tenfold.models.session import check_answer
from tenfold.networks.build import build_network
from tenfold.networks.onnx_export import ScaledNetwork, probe_logits
from tenfold.networks.scaling import scale
from tenfold.networks.weights import kept_weights
from tenfold.recipes import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool,
    Recipe,
    summarize,
)
from tenfold.records import Run

__all__ = ["Inspection"]

Floats = npt.NDArray[np.float32]

BATCH = 500


@final
class Inspection:
    """The network of a finished run, opened for looking.

    ``Inspection("runs/cnn-deep-1").saliency(image)``

    Images are as for ``Model.predict_proba``: uint8 of 0 to 255 or floats of 0 to 1, bright ink
    on black.

    Args:
        run: the folder of a finished run, with its weights.safetensors and model.onnx.

    Raises:
        RunError: if the run is not finished, or its weights do not belong to its recipe or model.
        ModelError: if its model is damaged.
    """

    def __init__(self, run: str | Path | Run) -> None:
        target = run if isinstance(run, Run) else Run(run)
        self.recipe = _recipe(target)
        card = load_model(target.model_path).card
        network = build_network(self.recipe.layers)
        _load_weights(target, network)
        self._network = network.eval()
        self._scaling = _scaling(target, card)
        self._asked = ScaledNetwork(self._scaling, self._network, self.recipe.shifts)
        _check_answer(target, self._asked, card)

    def first_weights(self) -> Floats:
        """Return what the first layer multiplies pixels with.

        Returns:
            float32 [units, H, W] for a dense layer, which sees all H x W pixels;
            [filters, kernel, kernel] for a convolution.
        """
        shapes = summarize(self.recipe.layers)
        seen = [row.shape for row in shapes if len(row.shape) == 3]
        first = next(m for m in self._network if isinstance(m, nn.Conv2d | nn.Linear))
        weights: Floats = first.weight.detach().numpy()
        # Only a convolution adds channels, so what comes before the first layer has one.
        sides = weights.shape[-2:] if isinstance(first, nn.Conv2d) else seen[-1][1:]
        return weights.reshape(len(weights), *sides).copy()

    def activations(self, image: npt.ArrayLike) -> tuple[tuple[str, Floats], ...]:
        """Return what each layer makes of one image, the activation function included.

        Dropout and flattening change no value and are left out.

        Returns:
            A name and float32 values [channels, height, width] or [units] for each layer; at the
            end "Softmax" with the ten probabilities.

        Raises:
            InputError: if ``image`` is not one image.
        """
        x = scale(torch.from_numpy(_one(image)) * 255, self._scaling)
        names = [row.label for row in summarize(self.recipe.layers)[1:]]
        named: list[tuple[str, Floats]] = []
        with torch.no_grad():
            for name, layer, value in zip(names, self.recipe.layers, self._trace(x), strict=True):
                if not isinstance(layer, Dropout | Flatten):
                    named.append((name, value[0].numpy().copy()))
                logits = value
        return (*named, ("Softmax", logits.softmax(1)[0].numpy()))

    def saliency(self, image: npt.ArrayLike, digit: int | None = None) -> Floats:
        """Return the derivative of one logit by each pixel of an image.

        Args:
            image: one image.
            digit: whose logit, 0 to 9; by default the most probable digit's.

        Returns:
            float32 [28, 28]: by how much the logit would rise if the pixel went from paper to ink,
            were the network linear.

        Raises:
            InputError: if ``image`` is not one image or ``digit`` none.
        """
        pixels = torch.from_numpy(_one(image)).requires_grad_()
        logits = self._asked(pixels)[0]
        chosen = int(logits.argmax()) if digit is None else digit
        if not 0 <= chosen < len(logits):
            raise InputError(
                _("Received digit {digit}; expected a whole number from 0 to 9.", digit=digit)
            )
        (gradient,) = torch.autograd.grad(logits[chosen], pixels)
        slopes: Floats = gradient[0, 0].numpy()
        return slopes

    def probabilities(self, images: npt.ArrayLike) -> Floats:
        """Return float32 [N, 10]: the probability of each digit for each image."""
        return self._in_batches(images, lambda x: self._asked(x).softmax(1))

    def features(self, images: npt.ArrayLike) -> Floats:
        """Return float32 [N, D]: what the last layer is given for each image.

        Raises:
            InputError: for images of another shape, dtype or range.
        """

        def before_last(x: torch.Tensor) -> torch.Tensor:
            scaled = scale(x * 255, self._scaling)
            *earlier, _last = [scaled.flatten(1), *self._trace(scaled)]
            return earlier[-1]

        return self._in_batches(images, before_last)

    def _in_batches(self, images: npt.ArrayLike, function: Any) -> Floats:
        batch = as_input(images)
        parts = range(0, max(len(batch), 1), BATCH)
        with torch.no_grad():
            return np.concatenate(
                [function(torch.from_numpy(batch[at : at + BATCH])).numpy() for at in parts]
            )

    def _trace(self, x: torch.Tensor) -> Iterator[torch.Tensor]:
        """Yield the output of each layer of the recipe.

        The network itself pools before ReLU, which gives the same in the end but not in between.
        """
        weighted = (
            module
            for module in self._network
            if isinstance(module, nn.Conv2d | nn.Linear | nn.BatchNorm1d | nn.BatchNorm2d)
        )
        for layer in self.recipe.layers:
            x = _applied(layer, weighted, x)
            yield x

    def __repr__(self) -> str:
        return f"Inspection({self.recipe.name!r})"


def _applied(layer: Layer, weighted: Iterator[nn.Module], x: torch.Tensor) -> torch.Tensor:
    match layer:
        case Conv() | Dense() | BatchNorm():
            return _activated(layer.activation, next(weighted)(x))
        case MaxPool():
            return functional.max_pool2d(x, layer.size)
        case Flatten():
            return x.flatten(1)
        case Dropout():
            return x
        case _:
            assert_never(layer)


def _activated(name: str, x: torch.Tensor) -> torch.Tensor:
    return {"relu": torch.relu, "sigmoid": torch.sigmoid, "linear": torch.clone}[name](x)


def _one(image: npt.ArrayLike) -> Floats:
    batch: Floats = as_input(image)
    if len(batch) != 1:
        raise InputError(_("Received {count} images; expected one.", count=len(batch)))
    return batch


def _recipe(run: Run) -> Recipe:
    if not run.finished:
        raise RunError(
            _("The run in {folder} is not finished, or there is none.", folder=run.folder)
        )
    return run.plan.network


def _load_weights(run: Run, network: nn.Module) -> None:
    weights = kept_weights(run)
    if weights is None:
        name = run.weights_path.name
        raise RunError(_("{folder} has no {name}.", folder=run.folder, name=name))
    expected = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in weights.items()}
    if expected != found:
        name, shape = min(set(expected.items()) ^ set(found.items()))
        raise RunError(
            _(
                "{path} is of another network: {name} {shape} is on one side only.",
                path=run.weights_path,
                name=name,
                shape=list(shape),
            )
        )
    network.load_state_dict(weights)


def _scaling(run: Run, card: Card) -> PixelScaling:
    try:
        return PixelScaling(**card.scaling)
    except TypeError as error:
        raise RunError(
            _("{path} is damaged: {reason}", path=run.model_path, reason="scaling")
        ) from error


def _check_answer(run: Run, network: ScaledNetwork, card: Card) -> None:
    """The weights and the model of one run answer alike."""
    try:
        check_answer(np.asarray(probe_logits(network), np.float32), card.probe)
    except ModelError as error:
        raise RunError(
            _(
                "{weights} and {model} in {folder} are not of one training.",
                weights=run.weights_path.name,
                model=run.model_path.name,
                folder=run.folder,
            )
        ) from error
