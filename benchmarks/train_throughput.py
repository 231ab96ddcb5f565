"""Training speed of cnn-deep as written, Tenfold beside Keras 3 on TensorFlow, in one session.

    python3 -m venv .venv-peers && .venv-peers/bin/pip install -r benchmarks/requirements.txt
    .venv/bin/python benchmarks/train_throughput.py

Both train whole epochs of MNIST's 60,000 images in batches of 32, in fp32, with all cores. Each
side first trains one epoch that is not counted; then they take turns, one epoch each. Printed:
images a second of every epoch, the medians, and the ratio pair by pair.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
from pathlib import Path

import torch

import tenfold
from tenfold.data import DataSet, save
from tenfold.training import Silence
from tenfold.training._devices import exact_arithmetic
from tenfold.training._loop import Tensors, Trainer
from tenfold.training._memory import keep_freed_memory
from tenfold.training._scaling import fit_scaling

PEER = Path(__file__).with_name("_keras_throughput.py")


class Ours:
    """Tenfold's own training loop, epoch by epoch."""

    def __init__(self, data: DataSet, precision: str) -> None:
        keep_freed_memory()
        recipe = tenfold.load_recipe("cnn-deep")
        scaling = fit_scaling(recipe, data.train.images)
        train = Tensors.on("cpu", data.train)
        self.trainer = Trainer(recipe, scaling, train, seed=0, device="cpu", precision=precision)
        self.epoch = 0

    def train_epoch(self) -> float:
        """Return the seconds of one epoch."""
        self.epoch += 1
        return self.trainer.train_epoch(self.epoch, Silence()).seconds


class Keras:
    """Keras in a process of its own, with its own interpreter."""

    def __init__(self, python: Path, data: Path) -> None:
        self.process = subprocess.Popen(
            [str(python), str(PEER), str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.name = self._line()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("Keras's process ended; run benchmarks/_keras_throughput.py by hand.")
        return line.strip()

    def train_epoch(self) -> float:
        """Return the seconds of one epoch."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self._line())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", type=Path, default=Path(".venv-peers/bin/python"))
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    options = parser.parse_args()
    data = tenfold.load_dataset("mnist")
    with tempfile.TemporaryDirectory() as folder, exact_arithmetic(None):
        file = Path(folder) / "mnist.npz"
        save(data, file)
        torch.manual_seed(0)
        ours, keras = Ours(data, options.precision), Keras(options.python, file)
        ours.train_epoch()
        keras.train_epoch()
        pairs = [(ours.train_epoch(), keras.train_epoch()) for _ in range(options.epochs)]
        keras.process.terminate()
    count = len(data.train)
    mine, theirs = zip(*pairs, strict=True)
    ratios = [b / a for a, b in pairs]
    title = f"Tenfold, PyTorch {torch.__version__}, {options.precision}"
    for name, seconds in ((title, mine), (keras.name, theirs)):
        speeds = [count / s for s in seconds]
        each = " ".join(f"{s:,.0f}" for s in speeds)
        print(f"{name}: median {statistics.median(speeds):,.0f} images/s (each epoch: {each})")
    print(
        f"ratio: median {statistics.median(ratios):.2f}, "
        f"{min(ratios):.2f} to {max(ratios):.2f}, n={len(ratios)} pairs"
    )


if __name__ == "__main__":
    main()
