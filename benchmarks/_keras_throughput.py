"""The peer's side of train_throughput.py: one epoch of cnn-deep in Keras 3, timed again and again.

Reads a line "go" from stdin, trains one whole epoch, answers with its seconds on stdout.
Run by train_throughput.py in the peers' environment; the data come as an .npz file.
"""

from __future__ import annotations

import sys
import time

import keras
import numpy as np
from keras import layers


def build() -> keras.Model:
    """The deep network of text 001, adapted to Keras 3."""
    he = {"activation": "relu", "kernel_initializer": "he_uniform"}
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), **he),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), **he),
            layers.Conv2D(64, (3, 3), **he),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(100, **he),
            layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.SGD(learning_rate=0.01, momentum=0.9)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def main() -> None:
    with np.load(sys.argv[1]) as data:
        images, labels = data["x_train"], data["y_train"]
    pixels = images[..., None].astype("float32") / 255
    targets = keras.utils.to_categorical(labels, 10)
    model = build()
    versions = f"Keras {keras.version()} on {keras.backend.backend()}"
    print(versions, flush=True)
    for _line in sys.stdin:
        began = time.perf_counter()
        model.fit(pixels, targets, epochs=1, batch_size=32, verbose=0)
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
