"""The command that makes each kind of run again, from its folder alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tenfold.recipes import load_recipe, settled_recipe
from tenfold.records import Run
from tenfold.reports._again import commands_for
from tenfold.reports._records import read_any_run

MakeRun = Callable[..., Run]

FOLD = {"index": 1, "folds": 4, "repeat": 0, "seed": 3, "stratified": True}


def commands(*runs: Run) -> list[str]:
    return commands_for([read_any_run(run) for run in runs])


def test_a_tuned_run_names_its_start_and_what_was_added(tmp_path: Path, make_run: MakeRun) -> None:
    tuned = settled_recipe(load_recipe("mlp-128"), {"batch_size": 64}, "first").to_dict()
    changes = {"epochs": tuned["epochs"], "batch_size": 64}
    changes["learning_rate"] = tuned["optimizer"]["learning_rate"]
    run = make_run(
        tmp_path / "tuned",
        recipe=changes,
        start={
            "name": "runs/my first",
            "sha256": "x",
            "scaling": {"name": "raw", "offset": 0.0, "factor": 1.0},
        },
        added=[{"name": "corrections", "sha256": "x", "count": 3}, {"name": "b.csv", "count": 1}],
        add_copies=7,
        subset=500,
        seed=4,
    )
    assert commands(run) == [
        (
            "tenfold train mlp-128 --set batch_size=64 --start-from 'runs/my first' "
            "--add corrections --add b.csv --add-copies 7 --data nowhere.npz --seed 4 --subset 500 "
            "--device cpu --threads 1"
        )
    ]


def test_folds_have_one_command_with_all_that_was_asked(tmp_path: Path, make_run: MakeRun) -> None:
    asked = {"recipe": {"precision": "bf16"}, "precision": "fp32", "subset": 400, "threads": 2}
    runs = [
        make_run(
            tmp_path / f"{repeat}-{index}",
            fold=FOLD | {"index": index, "repeat": repeat},
            seed=repeat * 4 + index,
            **{name: dict(v) if isinstance(v, dict) else v for name, v in asked.items()},
        )
        for repeat in (0, 1)
        for index in (1, 3)
    ]
    assert commands(*runs) == [
        (
            "tenfold crossval mlp-128 --folds 4 --repeats 2 --stratified --seed 3 "
            "--data nowhere.npz --set precision=bf16 --set epochs=2 --subset 400 --device cpu "
            "--precision fp32 --threads 2"
        )
    ]


def test_a_fold_of_another_seed_says_that_no_command_makes_it(
    tmp_path: Path, make_run: MakeRun
) -> None:
    (command,) = commands(make_run(tmp_path / "run", fold=FOLD, seed=9))
    remark, line = command.splitlines()
    assert remark.startswith("# fold 2 of this, but trained with seed 9 in place of 1")
    assert line.startswith("tenfold crossval mlp-128 ")


def test_processes_that_trained_together(tmp_path: Path, make_run: MakeRun) -> None:
    (command,) = commands(make_run(tmp_path / "run", processes=3))
    assert command.startswith("torchrun --nproc-per-node 3 -m -- tenfold train mlp-128 ")


def test_the_oldest_folders_are_read(tmp_path: Path, make_run: MakeRun) -> None:
    run = make_run(tmp_path / "run")
    plan: dict[str, Any] = json.loads((run.folder / "run.json").read_text())
    plan["settings"] = {"seed": 5}
    (run.folder / "run.json").write_text(json.dumps(plan))
    assert commands(run) == ["tenfold train mlp-128 --set epochs=2 --seed 5"]
