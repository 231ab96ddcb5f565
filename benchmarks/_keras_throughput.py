"""Keras 3 as a contender in training: ``_keras_throughput.py DATA.npz``.

The backend is that of KERAS_BACKEND. Commands: ``begin`` builds a recipe's network, ``chunk``
trains it on some images, ``test`` gives its accuracy. Run in the peers' environment.
"""

from __future__ import annotations

import importlib
import sys
import time
from typing import final

import keras
import numpy as np
from _contender import serve
from _keras_networks import build


@final
class Theirs:
    """One network in training."""

    def __init__(self, path: str) -> None:
        with np.load(path) as file:
            data = {key: file[key] for key in file.files}
        self._train, self._test = (
            data[key][..., None].astype("float32") / 255 for key in ("x_train", "x_test")
        )
        self._labels = keras.utils.to_categorical(data["y_train"], 10)
        self._truth = keras.utils.to_categorical(data["y_test"], 10)
        self._model: keras.Model
        self._batch = 0

    def begin(self, name: str, batch: int) -> bool:
        """Build the network of recipe ``name``, as good as in a new process."""
        keras.utils.clear_session()
        keras.utils.set_random_seed(0)
        self._model, self._batch = build(name), batch
        return True

    def chunk(self, start: int, count: int) -> float:
        """Train on so many images; return the seconds."""
        images, labels = (each[start : start + count] for each in (self._train, self._labels))
        began = time.perf_counter()
        self._model.fit(images, labels, epochs=1, batch_size=self._batch, verbose=0)
        return time.perf_counter() - began

    def test(self) -> float:
        """Return the accuracy on the test images."""
        told = self._model.evaluate(self._test, self._truth, batch_size=1000, verbose=0)
        return float(told[1])


def main() -> None:
    theirs = Theirs(sys.argv[1])
    backend = keras.backend.backend()
    versions = {"keras": keras.version(), backend: importlib.import_module(backend).__version__}
    serve({"versions": versions}, {n: getattr(theirs, n) for n in ("begin", "chunk", "test")})


if __name__ == "__main__":
    main()
