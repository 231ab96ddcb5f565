"""Which is quicker for folds: several single-threaded ones at once, or one after another?

    python benchmarks/folds.py            # cnn-deep, 12,000 images, 1 epoch, all cores
    python benchmarks/folds.py --images 60000 --repeats 1

Both ways do the same folds of the same recipe. They alternate, so that a machine that gets busy
slows both; medians are printed. Process starts and the loading of PyTorch are part of each.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from tenfold.experiments import crossval
from tenfold.processes import core_count


def seconds(options: argparse.Namespace, workers: int, threads: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        crossval(
            [options.recipe],
            options.data,
            folds=options.folds,
            folder=Path(folder) / "folds",
            workers=workers,
            threads=threads,
            subset=options.images,
            changes={"epochs": options.epochs},
        )
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", default="cnn-deep")
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--images", type=int, default=12_000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    cores = core_count()
    ways = {f"{cores} workers x 1 thread": (cores, 1), f"1 worker x {cores} threads": (1, cores)}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _repeat in range(options.repeats):
        for name, (workers, threads) in ways.items():
            times[name].append(seconds(options, workers, threads))
    for name, taken in times.items():
        each = ", ".join(f"{t:.1f}" for t in taken)
        print(f"{name}: median {statistics.median(taken):.1f} s ({each})")
    first, second = (statistics.median(taken) for taken in times.values())
    print(f"ratio {second / first:.2f}")


if __name__ == "__main__":
    main()
