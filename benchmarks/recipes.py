"""Train every recipe as written, several seeds each, and write docs/recipes.md from the runs.

    python benchmarks/recipes.py                     # trains what is missing, then writes the page
    python benchmarks/recipes.py --page              # writes it from the runs that are there
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

import numpy as np
import numpy.typing as npt
from _corrected import corrected_accuracy
from _measure import table

import tenfold
from tenfold.recipes import network_names, parameter_count, summarize, training_operations
from tenfold.records import Run

OURS = {"sprint": 10, "sprint-long": 10, "champion": 3, "tiny": 5}
"""How many seeds of each of Tenfold's own recipes."""

PAGE = Path(__file__).parents[1] / "docs" / "recipes.md"

HEAD = """# The recipes, trained as written

Each recipe of the tutorials, trained here exactly as its text says, on MNIST's training images,
and scored on the 10,000 test images after its last epoch: no epoch and no seed was picked. `±` is
the standard deviation over {seeds} seeds (0 to {last}). One standard error of a single score near
98.5 % is 0.12 points. Times are medians over the
seeds, of trainings that had other work beside them, with the number of threads in brackets.

This page is written by `python benchmarks/recipes.py` from the run folders that it trains.

## The tutorials' recipes

| recipe | source | published | here, test accuracy | each seed | parameters | time |
|---|---|---|---|---|---|---|
"""

OURS_HEAD = """
## Tenfold's own

Chosen on 10,000 held-out training images ([sprint](decisions/sprint.md),
[champion and tiny](decisions/champion.md)), then trained on all 60,000. Of the test labels, 10 are
corrected as a majority of people sees them, and 5 images are left out in which they see no digit
for sure (`benchmarks/_corrected.py`). PFLOP: of a whole training, three times the forward pass.
The times were taken beside other work; side by side with peers they are in
[benchmarks](benchmarks.md).

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


def our_rows(root: Path) -> list[list[object]]:
    """Return a row for each of Tenfold's own recipes, and one for all champions together."""
    test = tenfold.load_dataset("mnist").test
    rows: list[list[object]] = []
    for name, seeds in OURS.items():
        recipe = tenfold.load_recipe(name)
        runs = [run_folder(root, name, seed) for seed in range(seeds)]
        answers = [tenfold.load_model(run.model_path).predict_proba(test.images) for run in runs]
        operations = sum(part.operations for part in summarize(recipe.layers))
        rows.append(
            [
                f"[{name}](../src/tenfold/recipes/{name.replace('-', '_')}.py)",
                *_scores(answers, test.labels),
                f"{parameter_count(recipe.layers):,}",
                f"{operations * (2 * recipe.shifts + 1) ** 2 / 1e6:.2f}",
                f"{training_operations(recipe) / 1e15:.4f}",
                _time(runs),
            ]
        )
        if name == "champion":
            together = _scores([np.mean(answers, axis=0)], test.labels)
            rows.append([f"the {seeds} champions together", *together, "", "", "", ""])
    return rows


def _time(runs: list[Run]) -> str:
    """The median of a training's seconds, and with how many threads it was."""
    threads = sorted({run.plan.settings.threads for run in runs})
    seconds = statistics.median(run.scores.seconds for run in runs)
    return f"{seconds:.0f} s ({' or '.join(map(str, threads))})"


def _scores(
    answers: list[npt.NDArray[np.float32]], labels: npt.NDArray[np.uint8]
) -> tuple[str, str, str]:
    """Mean accuracy, each, and the mean against the corrected labels, in percent."""
    found = [each.argmax(1) for each in answers]
    scores = [100 * float((each == labels).mean()) for each in found]
    corrected = [100 * corrected_accuracy(each, labels) for each in found]
    return (
        f"**{statistics.mean(scores):.3f}{deviation(scores)}** (n={len(scores)})",
        ", ".join(f"{score:.2f}" for score in scores),
        f"{statistics.mean(corrected):.3f}{deviation(corrected)}",
    )


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
        _time(runs),
    ]
    return f"| {' | '.join(cells)} |\n"


def write_page(root: Path, names: list[str], seeds: int) -> None:
    environment = run_folder(root, names[-1], seeds - 1).environment
    versions = ", ".join(f"{k} {v}" for k, v in environment.versions.items())
    page = HEAD.format(seeds=seeds, last=seeds - 1)
    page += "".join(row(root, name, seeds) for name in names)
    head = ["recipe", "test accuracy", "each seed", "against corrected labels", "parameters"]
    page += OURS_HEAD
    page += table([*head, "MFLOP an image", "PFLOP", "time"], our_rows(root)) + "\n"
    page += TAIL.format(
        versions=versions,
        cores=environment.cores,
        processor=environment.processor,
        revision=(environment.git_revision or "unknown")[:12],
    )
    PAGE.write_text(page, encoding="utf-8")


def accuracies(root: Path, name: str, seeds: int, precision: str | None) -> list[float]:
    """Return the test accuracies of a recipe's runs in percent, seed by seed."""
    runs = [run_folder(root, name, seed, precision) for seed in range(seeds)]
    return [100 * run.scores.test.accuracy for run in runs]


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
    parser.add_argument("--only", nargs="*", help="recipes; by default all")
    parser.add_argument("--page", action="store_true", help="train nothing, write the page")
    parser.add_argument("--precision", choices=["bf16"], help="train in this too, and compare")
    options = parser.parse_args()
    tutorials = [name for name in network_names() if name not in OURS]
    chosen = options.only or tutorials
    if not options.page:
        train_missing(options.runs, chosen, options.seeds)
    if options.precision:
        train_missing(options.runs, chosen, options.seeds, options.precision)
        print(compare_precisions(options.runs, chosen, options.seeds, options.precision))
    elif not options.only:
        if not options.page:
            for name, seeds in OURS.items():
                train_missing(options.runs, [name], seeds)
        write_page(options.runs, tutorials, options.seeds)


if __name__ == "__main__":
    main()
