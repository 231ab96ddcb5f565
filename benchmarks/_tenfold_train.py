"""Tenfold's side of comparisons of training: its own loop, arithmetic and threads, as a contender.

``_tenfold_train.py DATA.npz``; commands: ``whole`` trains a recipe from images in memory as bytes;
``begin`` builds one, ``chunk`` trains it on some images, ``test`` gives its accuracy.
"""

from __future__ import annotations

import sys
import time
from typing import Any, final

import torch

import tenfold
from tenfold.data import LabeledImages
from tenfold.networks.scaling import fit_scaling
from tenfold.records import Settings
from tenfold.training import Silence
from tenfold.training.devices import exact_arithmetic, fast_precision
from tenfold.training.loop import Tensors, Trainer
from tenfold.training.memory import keep_freed_memory

__all__ = ["Ours"]


@final
class Ours:
    """One recipe in training."""

    def __init__(self, data: dict[str, LabeledImages]) -> None:
        self._train, self._test = data["train"], Tensors.on("cpu", data["test"])
        self._trainer: Trainer
        self._epoch = 0

    def begin(self, name: str, seed: int, precision: str | None, count: int | None = None) -> str:
        """Build the network of recipe ``name``; return the precision."""
        recipe = tenfold.load_recipe(name)
        precision = precision or fast_precision(recipe.precision, "cpu")
        torch.manual_seed(seed)
        data = self._train[: count or len(self._train)]
        self._trainer = Trainer(
            recipe,
            fit_scaling(recipe, data.images),
            Tensors.on("cpu", data),
            Settings(seed=seed, device="cpu", precision=precision),
        )
        self._epoch = 0
        return precision

    def chunk(self, start: int, count: int) -> float:
        """Train on so many images; return the seconds."""
        self._trainer.data = Tensors.on("cpu", self._train[start : start + count])
        self._epoch += 1
        began = time.perf_counter()
        self._trainer.train_epoch(self._epoch, Silence())
        return time.perf_counter() - began

    def whole(self, name: str, seed: int, count: int) -> dict[str, Any]:
        """Train all of a recipe; return seconds, accuracy and precision."""
        began = time.perf_counter()
        precision = self.begin(name, seed, None, count)
        for epoch in range(1, self._trainer.recipe.epochs + 1):
            self._trainer.train_epoch(epoch, Silence())
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "accuracy": self.test(), "precision": precision}

    def test(self) -> float:
        """Return the accuracy on the test images."""
        return self._trainer.evaluate(self._test)[1]


def main() -> None:
    from _contender import serve

    data = tenfold.load_dataset(sys.argv[1])
    keep_freed_memory()
    with exact_arithmetic(None):
        ours = Ours({"train": data.train, "test": data.test})
        greeting = {
            "versions": {"torch": torch.__version__},
            "threads": torch.get_num_threads(),
            "bf16": fast_precision("bf16", "cpu") == "bf16",
        }
        acts = {name: getattr(ours, name) for name in ("begin", "chunk", "whole", "test")}
        serve(greeting, acts)


if __name__ == "__main__":
    main()
