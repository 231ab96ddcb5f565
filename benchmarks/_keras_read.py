"""The other side of read.py's cold start: a tutorial's script that reads one picture with Keras.

``_keras_read.py make MODEL`` saves an untrained model of a common size; ``_keras_read.py MODEL
PICTURE`` loads it, brings the picture to 28x28 and prints the most probable digit.
"""

from __future__ import annotations

import sys

import keras
import tensorflow as tf


def make(path: str) -> None:
    layers = keras.layers
    keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(100, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    ).save(path)


def read(path: str, picture: str) -> None:
    model = keras.models.load_model(path)
    image = tf.io.decode_png(tf.io.read_file(picture), channels=1)
    pixels = 1 - tf.image.resize(image, (28, 28)) / 255
    print(int(model.predict(pixels[None], verbose=0).argmax()))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2])
    else:
        read(sys.argv[1], sys.argv[2])
