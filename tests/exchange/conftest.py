"""Real Keras, on PyTorch, and the models of the tutorials as their own code builds them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tenfold.data import DataSet


@pytest.fixture(scope="session")
def keras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Keras, which at its import writes its settings: not into anybody's home."""
    logging.getLogger("absl").setLevel(logging.ERROR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        patch.setenv("KERAS_BACKEND", "torch")
        import keras

        keras.config.disable_interactive_logging()
        yield keras


class Tutorial:
    """A model that a tutorial's code built, trained a little and saved.

    Attributes:
        name: what the recipe of the same network is called.
        folder: where final_model.h5 and final_model.keras are.
        given: makes of uint8 images [N, 28, 28] what the tutorial gives its model.
        pixels: the same in a word.
    """

    def __init__(self, name: str, folder: Path, shape: tuple[int, ...], divisor: int) -> None:
        self.name = name
        self.folder = folder
        self.pixels = "bytes" if divisor == 1 else "unit"
        self._shape = shape
        self._divisor = divisor

    def given(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """What the model takes for these images."""
        return images.reshape(-1, *self._shape).astype("float32") / self._divisor


def convolutions(keras: Any, *blocks: int, norm: bool = False) -> Any:
    """Text 001: blocks of convolutions, each with a pooling, then dense layers of 100 and 10."""
    layers = keras.layers
    model = keras.models.Sequential()
    shape = {"input_shape": (28, 28, 1)}
    for count, filters in zip(blocks, (32, 64), strict=False):
        for _ in range(count):
            model.add(
                layers.Conv2D(
                    filters, (3, 3), activation="relu", kernel_initializer="he_uniform", **shape
                )
            )
            shape = {}
        if norm:
            model.add(layers.BatchNormalization())
        model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(100, activation="relu", kernel_initializer="he_uniform"))
    if norm:
        model.add(layers.BatchNormalization())
    model.add(layers.Dense(10, activation="softmax"))
    sgd = keras.optimizers.SGD(learning_rate=0.01, momentum=0.9)
    model.compile(optimizer=sgd, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def dropout_network(keras: Any, *units: int) -> Any:
    """Text 000: two dense layers with dropout behind each."""
    layers = keras.layers
    model = keras.models.Sequential()
    shape = {"input_shape": (784,)}
    for count in units:
        model.add(layers.Dense(count, activation="relu", **shape))
        model.add(layers.Dropout(0.2))
        shape = {}
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.RMSprop(),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def sigmoid_network(keras: Any) -> Any:
    """Text 004: two sigmoid layers on pixels as they are."""
    layers = keras.layers
    model = keras.models.Sequential(
        [
            layers.Flatten(input_shape=(28, 28)),
            layers.Dense(100, activation="sigmoid"),
            layers.Dense(144, activation="sigmoid"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


MAPS, VECTOR, ROWS = (28, 28, 1), (784,), (28, 28)
TUTORIALS: dict[str, tuple[Callable[[Any], Any], tuple[int, ...], int]] = {
    "cnn-baseline": (lambda keras: convolutions(keras, 1), MAPS, 255),
    "cnn-batchnorm": (lambda keras: convolutions(keras, 1, norm=True), MAPS, 255),
    "cnn-deep": (lambda keras: convolutions(keras, 1, 2), MAPS, 255),
    "mlp-512": (lambda keras: dropout_network(keras, 512, 512), VECTOR, 255),
    "mlp-256": (lambda keras: dropout_network(keras, 256, 64), VECTOR, 255),
    "mlp-sigmoid": (sigmoid_network, ROWS, 1),
}


@pytest.fixture(scope="session")
def tutorial(
    keras: Any, drawn: DataSet, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Tutorial]:
    """Builds, trains for a few steps and saves a tutorial's model, once in a session."""
    made: dict[str, Tutorial] = {}

    def get(name: str) -> Tutorial:
        if name not in made:
            build, shape, divisor = TUTORIALS[name]
            found = Tutorial(name, tmp_path_factory.mktemp(name), shape, divisor)
            keras.utils.set_random_seed(1)
            train = drawn.train[:192]
            labels = keras.utils.to_categorical(train.labels, 10)
            with pytest.warns(UserWarning, match="Do not pass an `input_shape`"):
                model = build(keras)
            model.fit(found.given(train.images), labels, batch_size=32, verbose=0)
            model.save(found.folder / "final_model.keras")
            model.save(found.folder / "final_model.h5")
            made[name] = found
        return made[name]

    return get
