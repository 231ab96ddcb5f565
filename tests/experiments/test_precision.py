"""Where no precision is named, every experiment computes as its recipe says.

The experiments are stopped where their first job would begin; one job is done to its end.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tenfold.data import DataSet
from tenfold.experiments import Job, crossval, run_job, sweep, train_seeds
from tenfold.recipes import Recipe, load_recipe
from tenfold.records import TrainingOptions

FAST = {"epochs": 1, "steps_per_epoch": 2, "validation": 0}
PLAIN = load_recipe("mlp-128").changed(FAST)
MIXED = msgspec.structs.replace(PLAIN, precision="bf16")
Experiment = Callable[..., object]


def sweep_rates(recipe: Recipe, data: Path, **options: object) -> object:
    return sweep(recipe, {"learning_rate": [0.1]}, data, subset=120, **options)


def one_seed(recipe: Recipe, data: Path, **options: object) -> object:
    return train_seeds([recipe], data, count=1, subset=120, **options)


def two_folds(recipe: Recipe, data: Path, **options: object) -> object:
    return crossval([recipe], data, folds=2, subset=120, **options)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs of experiments, each interrupted as by Ctrl-C when it would begin with them."""
    jobs: list[Job] = []

    def interrupt(some: list[Job], *_rest: object) -> None:
        jobs.extend(some)
        raise KeyboardInterrupt

    for name in ("crossval", "seeds", "sweep"):
        module = importlib.import_module(f"tenfold.experiments.{name}")
        monkeypatch.setattr(module, "do_jobs", interrupt)
    return jobs


def command_in(folder: str) -> str:
    return str(json.loads(Path(folder, "experiment.json").read_text())["command"])


@pytest.mark.parametrize("experiment", [two_folds, sweep_rates, one_seed])
def test_no_precision_is_asked_for(
    experiment: Experiment, drawn_file: Path, begun: list[Job]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        experiment(MIXED, drawn_file, folder="x")
    assert {job.options.precision for job in begun} == {None}
    assert "--precision" not in command_in("x")


def test_the_recipes_is_taken_where_it_is_fast(
    drawn: DataSet, drawn_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenfold.training.settings.fast_precision", lambda wanted, _device: wanted)
    job = Job(
        name="x",
        recipe=MIXED,
        data=str(drawn_file),
        data_hash=drawn.hash(),
        folder="run",
        options=TrainingOptions(subset=120, test=False, threads=1),
    )
    scores = run_job(job)
    assert job.run.plan.settings.precision == "bf16"
    # Taken as it is, whatever another machine is fast at.
    assert run_job(job) == scores


def test_a_folder_begun_when_fp32_was_the_default_goes_on(
    drawn_file: Path, begun: list[Job]
) -> None:
    for options in ({"precision": "fp32"}, {}):
        with pytest.raises(KeyboardInterrupt):
            two_folds(PLAIN, drawn_file, folder="x", **options)


def test_a_recipe_changed_in_python_is_named_by_what_the_command_takes(
    drawn_file: Path, begun: list[Job]
) -> None:
    for experiment, command in (
        (two_folds, "tenfold crossval mlp-128 --folds 2"),
        (one_seed, "tenfold reproduce mlp-128.json --seeds 1"),
        (sweep_rates, "tenfold sweep mlp-128.json --set learning_rate=0.1"),
    ):
        with pytest.raises(KeyboardInterrupt):
            experiment(PLAIN, drawn_file, folder=experiment.__name__)
        told = command_in(experiment.__name__)
        assert told.splitlines()[-1].startswith(f"{command} --data {drawn_file}")
        assert told.endswith("--subset 120")
    assert "--set steps_per_epoch=2" in command_in("two_folds")
