"""Models as Keras files, built and written by Keras itself of nothing but its own layers."""

from __future__ import annotations

import contextlib
import json
import logging
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import nn

from tenfold.exchange._network import Network
from tenfold.exchange.backend import import_keras
from tenfold.exchange.formats._keras.names import keras_order
from tenfold.exchange.formats._keras.told import PIXELS
from tenfold.models.scaling import PixelScaling
from tenfold.recipes import BatchNorm, Conv, Dense, Dropout, Flatten, Layer, MaxPool, summarize

__all__ = ["keras_model", "written_keras"]

Arrays = list[npt.NDArray[np.float32]]


def written_keras(
    network: Network, scaling: PixelScaling, ending: str, taken: tuple[float, float]
) -> bytes:
    """Return a Keras file.

    Args:
        network: what to build.
        scaling: of pixels, done by the model (see ``keras_model``).
        ending: "keras" or "h5".
        taken: factor, and what is then added, that make of pixels of 0 to 255 what the model takes;
            the file carries them where Keras does not look.
    """
    with _quiet(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"model.{ending}"
        keras_model(network, scaling).save(path)
        _tell_pixels(path, json.dumps(taken))
        return path.read_bytes()


def _tell_pixels(path: Path, told: str) -> None:
    if path.suffix == ".keras":
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(PIXELS, told)
        return
    import h5py

    with h5py.File(path, "a") as file:
        file.attrs[PIXELS] = told


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Keras's remarks from users: on its own use of NumPy, and that HDF5 is an old format."""
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        try:
            yield
        finally:
            logger.setLevel(level)


def keras_model(network: Network, scaling: PixelScaling) -> Any:
    """Return a Keras model: pixels [N, 28, 28, 1] -> probabilities [N, 10 or 11].

    Args:
        network: what to build.
        scaling: of pixels, done by a Rescaling layer in front.
    """
    keras = import_keras()
    chain = _Chain(keras, network)
    layers = [keras.Input((28, 28, 1), name="pixels")]
    if scaling.factor != 1 or scaling.offset:
        added = -scaling.offset * scaling.factor
        layers.append(keras.layers.Rescaling(scaling.factor, added, name="scaling"))
    layers += chain.layers()
    name = network.card.name.replace("-", "_")
    model = keras.Sequential(layers, name=f"{name}_once" if network.shifts else name)
    for layer, arrays in chain.weights:
        layer.set_weights(arrays)
    return _averaged(keras, model, name, network.shifts) if network.shifts else model


def _averaged(keras: Any, model: Any, name: str, shifts: int) -> Any:
    """The mean of what ``model`` answers to all shifts of the image."""
    pixels = keras.Input((28, 28, 1), name="pixels")
    wide = keras.layers.ZeroPadding2D(shifts, name="margin")(pixels)
    steps = range(2 * shifts + 1)
    views = [
        model(
            keras.layers.Cropping2D(
                ((y, 2 * shifts - y), (x, 2 * shifts - x)), name=f"shift_{y}_{x}"
            )(wide)
        )
        for y in steps
        for x in steps
    ]
    return keras.Model(pixels, keras.layers.Average(name="mean")(views), name=name)


class _Chain:
    """A network's layers as Keras's, and the weights that go into them once they are built."""

    def __init__(self, keras: Any, network: Network) -> None:
        self.weights: list[tuple[Any, Arrays]] = []
        self._keras = keras.layers
        self._layers = network.layers
        kinds = (nn.Conv2d, nn.Linear, nn.BatchNorm1d, nn.BatchNorm2d)
        self._modules = iter([m for m in network.body.modules() if isinstance(m, kinds)])
        self._order: npt.NDArray[np.intp] | None = None
        self._shape: tuple[int, ...] = (1, 28, 28)

    def layers(self) -> list[Any]:
        """Build all layers; the last puts out probabilities."""
        built: list[Any] = []
        shapes = _shapes(self._layers)
        last = len(self._layers) - 1
        for at, layer in enumerate(self._layers):
            self._shape = shapes[at]
            built += self._built(layer, at, last=at == last)
        return built

    def _built(self, layer: Layer, at: int, *, last: bool) -> list[Any]:
        made = self._keras
        match layer:
            case Conv():
                return self._conv(layer, at)
            case Dense(units, activation):
                name = "softmax" if last else activation
                dense = made.Dense(
                    units, activation=name, use_bias=layer.bias != "none", name=f"dense_{at}"
                )
                return self._with_weights(dense, self._dense_arrays())
            case BatchNorm(momentum, epsilon, activation):
                norm = made.BatchNormalization(
                    momentum=momentum, epsilon=epsilon, name=f"batch_norm_{at}"
                )
                found = self._with_weights(norm, self._norm_arrays())
                if activation != "linear":
                    found.append(made.Activation(activation, name=f"{activation}_{at}"))
                return found
            case MaxPool(size):
                return [made.MaxPooling2D(size, name=f"pool_{at}")]
            case Flatten():
                self._order = keras_order(self._shape)
                return [made.Flatten(name=f"flatten_{at}")]
            case Dropout(rate):
                return [made.Dropout(rate, name=f"dropout_{at}")]

    def _conv(self, layer: Conv, at: int) -> list[Any]:
        conv = self._keras.Conv2D(
            layer.filters,
            layer.kernel,
            strides=layer.stride,
            activation=layer.activation,
            use_bias=layer.bias != "none",
            name=f"conv_{at}",
        )
        weight, *bias = self._state("weight", "bias")
        found = self._with_weights(conv, [weight.transpose(2, 3, 1, 0), *bias])
        if layer.padding:
            # Keras's "same" pads unevenly where a stride leaves a remainder.
            found.insert(0, self._keras.ZeroPadding2D(layer.padding, name=f"padding_{at}"))
        return found

    def _dense_arrays(self) -> Arrays:
        weight, *bias = self._state("weight", "bias")
        kernel = np.empty_like(weight.T)
        kernel[slice(None) if self._order is None else self._order] = weight.T
        self._order = None
        return [kernel, *bias]

    def _norm_arrays(self) -> Arrays:
        arrays = self._state("weight", "bias", "running_mean", "running_var")
        if self._order is None:
            return arrays
        turned = [np.empty_like(array) for array in arrays]
        for array, target in zip(arrays, turned, strict=True):
            target[self._order] = array
        return turned

    def _state(self, *names: str) -> Arrays:
        """The next module's arrays of these names, without those that it has not."""
        state = next(self._modules).state_dict()
        return [state[name].numpy() for name in names if name in state]

    def _with_weights(self, layer: Any, arrays: Arrays) -> list[Any]:
        self.weights.append((layer, arrays))
        return [layer]


def _shapes(layers: Sequence[Layer]) -> list[tuple[int, ...]]:
    """What each layer is given; the last may have any number of outputs."""
    ten = Dense(10, activation="linear")
    return [row.shape for row in summarize([*layers[:-1], ten])]
