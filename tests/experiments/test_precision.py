"""Where no precision is named, every experiment computes as its recipe says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tenfold.experiments import crossval, sweep, train_seeds
from tenfold.recipes import Recipe, load_recipe
from tenfold.runs import Run

pytestmark = pytest.mark.usefixtures("here")

FAST = {"epochs": 1, "steps_per_epoch": 2, "validation": 0}
PLAIN = load_recipe("mlp-128").changed(FAST)
MIXED = msgspec.structs.replace(PLAIN, precision="bf16")
RATES = {"learning_rate": [0.1]}
Experiment = Callable[..., object]


def sweep_rates(recipes: list[Recipe], data: Path, **options: object) -> object:
    return sweep(recipes[0], RATES, data, **options)


def one_seed(recipes: list[Recipe], data: Path, **options: object) -> object:
    return train_seeds(recipes, data, count=1, **options)


def two_folds(recipes: list[Recipe], data: Path, **options: object) -> object:
    return crossval(recipes, data, folds=2, **options)


@pytest.mark.parametrize("experiment", [two_folds, sweep_rates, one_seed])
def test_the_recipes_precision_is_taken(
    experiment: Experiment, drawn_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on a processor that computes bf16 fast.
    monkeypatch.setattr("tenfold.training._settings.fast_precision", lambda wanted, _device: wanted)
    for recipe, expected in ((MIXED, "bf16"), (PLAIN, "fp32")):
        experiment([recipe], drawn_file, folder=expected, subset=120)
        runs = [Run(path.parent) for path in Path(expected).rglob("run.json")]
        assert {run.plan["settings"]["precision"] for run in runs} == {expected}
        # What is finished is taken as it is.
        experiment([recipe], drawn_file, folder=expected, subset=120)
        plan = json.loads(Path(expected, "experiment.json").read_text())
        assert "--precision" not in plan["command"]


def test_a_folder_begun_when_fp32_was_the_default_goes_on(drawn_file: Path) -> None:
    two_folds([PLAIN], drawn_file, folder="cv", subset=120, precision="fp32")
    two_folds([PLAIN], drawn_file, folder="cv", subset=120)


def test_a_recipe_changed_in_python_is_named_by_its_changes(drawn_file: Path) -> None:
    for experiment, command in (
        (two_folds, "tenfold crossval mlp-128 --folds 2"),
        (one_seed, "tenfold reproduce mlp-128.json --seeds 1"),
    ):
        experiment([PLAIN], drawn_file, folder=experiment.__name__, subset=120)
        told = json.loads(Path(experiment.__name__, "experiment.json").read_text())["command"]
        assert command in told.splitlines()[-1]
        assert f"--data {drawn_file}" in told
        assert told.endswith("--subset 120")
    assert (
        "--set steps_per_epoch=2"
        in json.loads(Path("two_folds/experiment.json").read_text())["command"]
    )
