"""Text 001's three cross-validations: Tenfold's time beside that of the text's own code.

    .venv/bin/python benchmarks/crossval_time.py            # about fifteen minutes

For each recipe in turn: two folds here, trained at once with a thread each as `tenfold crossval`
does, then one fold of the text's code with Keras 3 on TensorFlow with all cores. Both train 10
epochs on 48,000 images in batches of 32 in fp32 and score the fold's 12,000 after each epoch. What
is printed is scaled from these to the five folds: ours by 5/2, Keras's by 5.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import tenfold
from tenfold.data import save
from tenfold.experiments._crew import do_jobs
from tenfold.experiments.jobs import Job
from tenfold.records import Fold, TrainingOptions

RECIPES = ("cnn-baseline", "cnn-batchnorm", "cnn-deep")
PEER = Path(__file__).with_name("_keras_fold.py")


def ours(name: str, folder: Path) -> tuple[float, list[float]]:
    """Train two folds at once; return the seconds and the accuracies."""
    data_hash = tenfold.load_dataset("mnist").hash()
    recipe = tenfold.load_recipe(name)
    jobs = [
        Job(
            name=f"{name}, fold {index}",
            recipe=recipe,
            data="mnist",
            data_hash=data_hash,
            folder=str(folder / name / str(index)),
            options=TrainingOptions(seed=index, fold=Fold(index), threads=1),
        )
        for index in range(2)
    ]
    began = time.perf_counter()
    outcomes, _took = do_jobs(jobs, 2)
    seconds = time.perf_counter() - began
    return seconds, [one.scores.validation.accuracy for one in outcomes if one.scores]


def keras(name: str, python: Path, data: Path) -> tuple[float, float]:
    """Train one fold in Keras; return its seconds and accuracy."""
    command = [str(python), str(PEER), str(data), name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["seconds"], answer["accuracy"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", type=Path, default=Path(".venv-peers/bin/python"))
    options = parser.parse_args()
    totals = [0.0, 0.0]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "mnist.npz"
        save(tenfold.load_dataset("mnist"), data)
        for name in RECIPES:
            seconds, accuracies = ours(name, Path(folder))
            theirs, accuracy = keras(name, options.python, data)
            totals[0] += seconds * 5 / 2
            totals[1] += theirs * 5
            mine = ", ".join(f"{a:.2%}" for a in accuracies)
            print(
                f"{name}: Tenfold {seconds * 5 / 2:.0f} s for five folds ({mine}), "
                f"Keras {theirs * 5:.0f} s ({accuracy:.2%}), "
                f"share {seconds / 2 / theirs:.2f}",
                flush=True,
            )
    share = totals[0] / totals[1]
    print(f"all three: Tenfold {totals[0]:.0f} s, Keras {totals[1]:.0f} s, share {share:.2f}")


if __name__ == "__main__":
    main()
