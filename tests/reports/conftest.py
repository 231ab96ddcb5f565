"""Run and experiment folders made up for reports: small numbers, no training."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from _run_folders import start, write_scores
from tenfold.files import write_json
from tenfold.metrics import Evaluation
from tenfold.recipes import load_recipe
from tenfold.records import EpochRow, Run

ENVIRONMENT = {
    "platform": "Linux-6",
    "processor": "Abacus 3000",
    "cores": 2,
    "versions": {"python": "3.11", "tenfold": "0.1.0"},
    "git_revision": "abc123",
}


def scores(errors: int) -> dict[str, Any]:
    """Scores of 1,000 images, so many fours of them taken for nines."""
    counts = np.diag(np.full(10, 100))
    counts[4, 4] -= errors
    counts[4, 9] += errors
    return Evaluation(0.05, counts).to_dict()


def _make_run(folder: Path, *, finished: bool = True, errors: int = 3, **changes: Any) -> Run:
    """Write a run folder; ``changes`` go into the settings, "recipe" into the recipe."""
    recipe = load_recipe("mlp-128").changed({"epochs": 2, **changes.pop("recipe", {})})
    run = start(Run(folder), recipe, **changes)
    write_json(folder / "environment.json", ENVIRONMENT)
    run.write_history(
        [EpochRow(epoch=at, step=at * 10, loss=0.5 / at, accuracy=0.8 + at / 20) for at in (1, 2)]
    )
    if finished:
        split = "validation" if "fold" in changes else "test"
        write_scores(run, {"seconds": 61.0, split: scores(errors)})
    return run


def _write_results(folder: Path, results: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    return folder


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """Write a run folder; see ``_make_run``."""
    return _make_run


@pytest.fixture
def write_results() -> Callable[[Path, dict[str, Any]], Path]:
    """Write the results of an experiment into a folder."""
    return _write_results


@pytest.fixture
def crossval(tmp_path: Path) -> Path:
    """A cross-validation of two recipes in two folds, one fold's run kept, one failed."""
    folder = tmp_path / "crossval"
    fold = {"index": 0, "folds": 2, "repeat": 0, "seed": 1, "stratified": False}
    _make_run(folder / "mlp-128" / "fold-0", fold=fold)
    entries = [
        {
            "name": name,
            "scores": [
                {
                    "fold": at,
                    "repeat": 0,
                    "accuracy": share,
                    "loss": 0.1,
                    "seconds": 10.0,
                    "run": f"{name}/fold-{at}",
                }
                for at, share in enumerate(shares)
            ],
            "accuracy": {"mean": sum(shares) / 2, "sd": 0.0014, "n": 2},
        }
        for name, shares in (("mlp-128", (0.975, 0.977)), ("mlp-256", (0.981, 0.983)))
    ]
    comparisons = [
        {
            "first": "mlp-256",
            "second": "mlp-128",
            "difference": 0.006,
            "interval": [0.002, 0.010],
            "p": 0.012,
            "n": 2,
            "verdict": "better",
            "pairs": 2,
        },
        {
            "first": "mlp-128",
            "second": "mlp-256",
            "difference": -0.0001,
            "interval": [-1.0, 1.0],
            "sentence": "as folders written before kept it",
            "p": 1.0,
            "n": 2,
            "verdict": "no difference",
        },
    ]
    return _write_results(
        folder,
        {
            "kind": "crossval",
            "data": {"name": "drawn", "sha256": "beef" * 16},
            "folds": {"folds": 2, "repeats": 1, "stratified": False, "seed": 1},
            "recipes": entries,
            "comparisons": comparisons,
            "failed": [{"recipe": "mlp-512", "fold": 1, "repeat": 0, "error": "out of <paper>"}],
            "seconds": 3725.0,
            "command": "tenfold crossval mlp-128 mlp-256 --folds 2",
        },
    )


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """A sweep of three trials: finished, pruned, failed."""
    folder = tmp_path / "sweep"
    _make_run(folder / "trial-1")
    trials = [
        {"number": 0, "settings": {"learning_rate": 0.1}, "accuracy": 0.91, "state": "pruned"},
        {
            "number": 1,
            "settings": {"learning_rate": 0.01},
            "accuracy": 0.97,
            "loss": 0.1,
            "state": "finished",
            "run": "trial-1",
        },
        {"number": 2, "settings": {"learning_rate": 9}, "accuracy": None, "state": "failed"},
    ]
    return _write_results(
        folder,
        {
            "kind": "sweep",
            "recipe": "mlp-128",
            "trials": trials,
            "best": 1,
            "parameters": ["learning_rate"],
            "seconds": 30.0,
            "command": "tenfold sweep mlp-128 --set learning_rate=0.1,0.01,9",
        },
    )
