"""Train every recipe as written, several seeds each, and write docs/recipes.md from the runs.

    python benchmarks/recipes.py                     # trains what is missing, then writes the page
    python benchmarks/recipes.py --seeds 1 --only mlp-128
    python benchmarks/recipes.py --seeds 5 --only cnn-baseline cnn-deep mlp-512 --precision bf16

The last trains in both precisions and prints how the accuracies differ, seed by seed; it writes no
page. Runs that are finished are not trained again, interrupted ones go on where they stopped. The
page is written from the run folders alone.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

from _measure import table

import tenfold
from tenfold.recipes import network_names, parameter_count
from tenfold.runs import Run

PAGE = Path(__file__).parents[1] / "docs" / "recipes.md"

HEAD = """# The recipes, trained as written

Each recipe of the tutorials, trained here exactly as its text says, on MNIST's training images,
and scored on the 10,000 test images after its last epoch: no epoch and no seed was picked. `±` is
the standard deviation over {seeds} seeds (0 to {last}). One standard error of a single score near
98.5 % is 0.12 points. Times are medians of one training with all cores, other work beside it.

This page is written by `python benchmarks/recipes.py` from the run folders that it trains.

| recipe | source | published | here, test accuracy | each seed | parameters | time |
|---|---|---|---|---|---|---|
"""

TAIL = """
Made with {versions} on {cores} cores of {processor}, git revision {revision}.

Published figures of text 001 are means over 5 folds of the training images (12,000 validated each);
the others name no number of runs. `tenfold recipes show NAME` prints a recipe layer by layer; its
file under `src/tenfold/recipes/` says where each choice comes from.
"""


def run_folder(root: Path, name: str, seed: int, precision: str | None = None) -> Run:
    return Run(root / f"{name}{f'-{precision}' if precision else ''}-seed{seed}")


def train_missing(root: Path, names: list[str], seeds: int, precision: str | None = None) -> None:
    for name in names:
        for seed in range(seeds):
            run = run_folder(root, name, seed, precision)
            if run.finished:
                continue
            if run.started:
                tenfold.resume(run.folder)
            else:
                tenfold.train(name, run=run.folder, seed=seed, precision=precision)


def row(root: Path, name: str, seeds: int) -> str:
    recipe = tenfold.load_recipe(name)
    runs = [run_folder(root, name, seed) for seed in range(seeds)]
    scores = accuracies(root, name, seeds, None)
    cells = [
        f"[{name}](../src/tenfold/recipes/{name.replace('-', '_')}.py)",
        recipe.source,
        recipe.claim,
        f"**{statistics.mean(scores):.3f}{deviation(scores)}** (n={seeds})",
        ", ".join(f"{score:.2f}" for score in scores),
        f"{parameter_count(recipe.layers):,}",
        f"{statistics.median(run.scores['seconds'] for run in runs):.0f} s",
    ]
    return f"| {' | '.join(cells)} |\n"


def write_page(root: Path, names: list[str], seeds: int) -> None:
    environment = run_folder(root, names[-1], seeds - 1).environment
    versions = ", ".join(f"{k} {v}" for k, v in environment["versions"].items())
    page = HEAD.format(seeds=seeds, last=seeds - 1)
    page += "".join(row(root, name, seeds) for name in names)
    page += TAIL.format(
        versions=versions,
        cores=environment["cores"],
        processor=environment["processor"],
        revision=(environment["git_revision"] or "unknown")[:12],
    )
    PAGE.write_text(page, encoding="utf-8")


def accuracies(root: Path, name: str, seeds: int, precision: str | None) -> list[float]:
    """Return the test accuracies of a recipe's runs in percent, seed by seed."""
    runs = [run_folder(root, name, seed, precision) for seed in range(seeds)]
    return [100 * run.scores["test"]["accuracy"] for run in runs]


def compare_precisions(root: Path, names: list[str], seeds: int, precision: str) -> str:
    """Return a table of accuracies as written and in ``precision``, and their differences."""
    rows = []
    for name in names:
        written, other = (accuracies(root, name, seeds, each) for each in (None, precision))
        differences = [b - a for a, b in zip(written, other, strict=True)]
        cells = [f"{statistics.mean(v):.3f}{deviation(v)}" for v in (written, other)]
        change = f"{statistics.mean(differences):+.3f}{deviation(differences)}"
        rows.append([name, *cells, change, seeds])
    head = ["recipe", "as written, test accuracy", precision, "difference, seed by seed", "n"]
    return table(head, rows)


def deviation(values: list[float]) -> str:
    return f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, default=Path("runs/recipes"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(network_names()))
    parser.add_argument("--precision", choices=["bf16"], help="train in this too, and compare")
    options = parser.parse_args()
    train_missing(options.runs, options.only, options.seeds)
    if options.precision:
        train_missing(options.runs, options.only, options.seeds, options.precision)
        print(compare_precisions(options.runs, options.only, options.seeds, options.precision))
    elif options.only == list(network_names()):
        write_page(options.runs, options.only, options.seeds)


if __name__ == "__main__":
    main()
