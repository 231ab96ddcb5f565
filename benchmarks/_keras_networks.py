"""The tutorials' networks in Keras 3, compiled as the texts compile them."""

from __future__ import annotations

import keras
from keras import layers

__all__ = ["build"]

HE = {"activation": "relu", "kernel_initializer": "he_uniform"}


def build(name: str) -> keras.Model:
    """Return the untrained network of a recipe, from float32 [N, 28, 28, 1] in [0, 1]."""
    dense = name == "mlp-512"
    optimizer = (
        keras.optimizers.RMSprop()
        if dense
        else keras.optimizers.SGD(learning_rate=0.01, momentum=0.9)
    )
    body = _dense() if dense else _convolutional(name)
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), *body, layers.Dense(10, activation="softmax")]
    )
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def _dense() -> list[keras.Layer]:
    """Text 000's: two hidden layers with dropout."""
    return [
        layers.Flatten(),
        layers.Dense(512, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(512, activation="relu"),
        layers.Dropout(0.2),
    ]


def _convolutional(name: str) -> list[keras.Layer]:
    """Text 001's three."""
    normal = name == "cnn-batchnorm"
    deeper = [
        layers.Conv2D(64, (3, 3), **HE),
        layers.Conv2D(64, (3, 3), **HE),
        layers.MaxPooling2D((2, 2)),
    ]
    return [
        layers.Conv2D(32, (3, 3), **HE),
        *([layers.BatchNormalization()] if normal else []),
        layers.MaxPooling2D((2, 2)),
        *(deeper if name == "cnn-deep" else []),
        layers.Flatten(),
        layers.Dense(100, **HE),
        *([layers.BatchNormalization()] if normal else []),
    ]
