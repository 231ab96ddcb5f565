"""The peer's side of crossval_time.py: one fold of text 001's harness, adapted to Keras 3.

    python benchmarks/_keras_fold.py mnist.npz cnn-deep

The steps are the text's: KFold(5, shuffle=True, random_state=1), one-hot labels, pixels / 255,
fit for 10 epochs in batches of 32 with the fold as validation data, then evaluate. Prints the
fold's seconds and accuracy as JSON.
"""

from __future__ import annotations

import json
import sys
import time

import keras
import numpy as np
from _keras_networks import build
from sklearn.model_selection import KFold


def main() -> None:
    path, name = sys.argv[1:]
    with np.load(path) as data:
        images, labels = data["x_train"], data["y_train"]
    pixels = images[..., None].astype("float32") / 255.0
    targets = keras.utils.to_categorical(labels, 10)
    train, test = next(iter(KFold(5, shuffle=True, random_state=1).split(pixels)))
    began = time.perf_counter()
    model = build(name)
    model.fit(
        pixels[train],
        targets[train],
        epochs=10,
        batch_size=32,
        validation_data=(pixels[test], targets[test]),
        verbose=0,
    )
    _loss, accuracy = model.evaluate(pixels[test], targets[test], verbose=0)
    seconds = time.perf_counter() - began
    print(json.dumps({"recipe": name, "seconds": seconds, "accuracy": float(accuracy)}))


if __name__ == "__main__":
    main()
