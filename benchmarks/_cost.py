"""What one thing costs in a process of its own: ``_cost.py WHAT COUNT PLACE RECIPE``.

PLACE is a folder with images.npy, labels.npy and, for "read", the folder of pictures. Prints JSON:
the seconds of the thing alone, without imports and loading, and the greatest memory of this
process and of its largest child in MB.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import tenfold
from tenfold.data import LabeledImages

CROSSVAL_FOLDS = 2


def load(place: Path, count: int) -> LabeledImages:
    """Read the first ``count`` images into memory."""
    images = np.load(place / "images.npy", mmap_mode="r")[:count]
    labels = np.load(place / "labels.npy")[:count]
    return LabeledImages(np.array(images), labels)


def train(place: Path, count: int, recipe: str) -> Callable[[], object]:
    import torch

    from tenfold.networks.scaling import fit_scaling
    from tenfold.records import Settings
    from tenfold.training import Silence
    from tenfold.training.devices import exact_arithmetic, fast_precision
    from tenfold.training.loop import Tensors, Trainer
    from tenfold.training.memory import keep_freed_memory

    data = load(place, count)
    chosen = tenfold.load_recipe(recipe).changed({"epochs": 1})
    keep_freed_memory()

    def act() -> None:
        with exact_arithmetic(None):
            torch.manual_seed(0)
            scaling, tensors = fit_scaling(chosen, data.images), Tensors.on("cpu", data)
            precision = fast_precision(chosen.precision, "cpu")
            settings = Settings(device="cpu", precision=precision)
            trainer = Trainer(chosen, scaling, tensors, settings)
            trainer.train_epoch(1, Silence())

    return act


def evaluate(place: Path, count: int, _recipe: str) -> Callable[[], object]:
    from tenfold.metrics import evaluate_probabilities
    from tenfold.models import load_bundled

    data, model = load(place, count), load_bundled("cnn-deep")
    return lambda: evaluate_probabilities(model.predict_proba(data.images), data.labels)


def crossval(place: Path, count: int, recipe: str) -> Callable[[], object]:
    from tenfold.data import DataSet, save

    file = place / f"folds-{count}.npz"
    save(DataSet("made", {"train": load(place, count), "test": load(place, 100)}), file)
    return lambda: tenfold.crossval(
        [recipe],
        file,
        folds=CROSSVAL_FOLDS,
        folder=place / f"folds-{count}",
        changes={"epochs": 1},
    )


def read(place: Path, count: int, _recipe: str) -> Callable[[], object]:
    from tenfold.processes import core_count

    reader = tenfold.Reader()
    # As ``tenfold read FOLDER`` does: the names are listed, the readings are not kept.
    names = sorted(str(path) for path in (place / f"pictures-{count}").iterdir())

    def act() -> None:
        for _reading in reader.read_many(names, workers=core_count()):
            pass

    return act


def main() -> None:
    what, count, place, recipe = sys.argv[1:]
    acts = {"train": train, "evaluate": evaluate, "crossval": crossval, "read": read}
    act = acts[what](Path(place), int(count), recipe)
    began = time.perf_counter()
    act()
    seconds = time.perf_counter() - began
    # Not what getrusage says of itself: on Linux that begins with the memory of who started it.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = re.search(r"VmHWM:\s+(\d+)", status)
    assert peak is not None
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"seconds": seconds, "mb": int(peak[1]) / 1024, "child_mb": child / 1024}))


if __name__ == "__main__":
    main()
