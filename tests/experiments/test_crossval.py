"""Cross-validation, from the folds to the results file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import KFold

from tenfold.data import DataSet
from tenfold.errors import InputError, RunError, TenfoldError, UnknownNameError
from tenfold.experiments import Job, crossval, run_job
from tenfold.records import Fold, Run, TrainingOptions
from tenfold.records.results import CrossValidation

pytestmark = pytest.mark.usefixtures("here")

QUICK = {"epochs": 1, "steps_per_epoch": 20}


def cross_validate(data: Path, folder: str = "cv", **options: object) -> CrossValidation:
    options = {"folds": 3, "changes": QUICK, "workers": 2, **options}
    return crossval(["mlp-128"], data, folder=folder, **options)


def test_results_are_complete_and_saved(drawn: DataSet, drawn_file: Path) -> None:
    recipes = ["mlp-256", "mlp-sigmoid"]
    found = crossval(recipes, drawn_file, folds=3, folder="cv", changes={"epochs": 1})
    saved = json.loads(Path("cv/results.json").read_text())
    assert saved == json.loads(json.dumps(found.to_dict()))
    assert list(saved) == [
        "kind",
        "data",
        "folds",
        "recipes",
        "comparisons",
        "failed",
        "seconds",
        "command",
    ]
    assert saved["kind"] == "crossval"
    assert saved["data"] == {"name": str(drawn_file), "sha256": drawn.hash()}
    assert saved["folds"] == {"folds": 3, "repeats": 1, "stratified": False, "seed": 1}
    for name, one in zip(recipes, saved["recipes"], strict=True):
        accuracies = [score["accuracy"] for score in one["scores"]]
        assert one["name"] == name
        assert one["accuracy"]["mean"] == pytest.approx(np.mean(accuracies))
        assert one["accuracy"]["sd"] == pytest.approx(np.std(accuracies, ddof=1))
        assert one["accuracy"]["n"] == 3
        for index, score in enumerate(one["scores"]):
            run = Run(Path("cv") / score["run"])
            assert score["fold"] == index
            assert run.scores.validation.accuracy == score["accuracy"]
            assert run.scores.validation.count == 400
            assert run.plan.settings.seed == index
            assert run.scores.test is None
    assert len(saved["comparisons"]) == 1
    assert saved["comparisons"][0]["first"] == "mlp-sigmoid"
    assert saved["comparisons"][0]["n"] == 3
    assert found.command == (
        f"tenfold crossval mlp-256 mlp-sigmoid --folds 3 --data {drawn_file} --set epochs=1"
    )


def test_the_folds_are_scikit_learns(drawn: DataSet, drawn_file: Path) -> None:
    from tenfold.training.splits import split_fold

    cross_validate(drawn_file)
    cutter = KFold(3, shuffle=True, random_state=1)
    for index, (_train, held) in enumerate(cutter.split(drawn.train.images)):
        fold = Run(f"cv/mlp-128/fold-{index}").plan.settings.fold
        assert np.array_equal(split_fold(fold, drawn.train.labels)[1], held)


def test_what_is_finished_is_not_done_again(
    drawn_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cross_validate(drawn_file)
    monkeypatch.setattr("tenfold.experiments.engines.processes.ProcessEngine", None)
    assert cross_validate(drawn_file) == first
    with pytest.raises(RunError, match=r"other settings \(folds not the same\)"):
        cross_validate(drawn_file, folds=4)
    with pytest.raises(RunError, match=r"recipes not the same"):
        cross_validate(drawn_file, changes={"epochs": 2})


def test_an_experiment_that_cannot_begin_leaves_its_folder_free(drawn_file: Path) -> None:
    with pytest.raises(TenfoldError, match="cannot be joined"):
        cross_validate(drawn_file, engine="127.0.0.1:1")
    assert not Path("cv/experiment.json").exists()
    assert len(cross_validate(drawn_file, folds=2).recipes[0].scores) == 2


def test_repeats_cut_anew(drawn_file: Path) -> None:
    found = cross_validate(drawn_file, folds=2, repeats=2, stratified=True, subset=400)
    scores = found.recipes[0].scores
    assert [(score.repeat, score.fold) for score in scores] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [Run(f"cv/{s.run}").plan.settings.seed for s in scores] == [0, 1, 2, 3]
    assert "--repeats 2 --stratified" in found.command
    assert found.command.endswith("--subset 400")


def test_a_fold_that_fails_is_named_and_the_rest_go_on(drawn_file: Path) -> None:
    Path("cv/mlp-128/fold-1").mkdir(parents=True)
    Path("cv/mlp-128/fold-1/run.json").write_text("{}")
    found = cross_validate(drawn_file)
    assert [score.fold for score in found.recipes[0].scores] == [0, 2]
    assert [failure.name for failure in found.failed] == ["mlp-128, fold 1"]
    assert "recipe" in found.failed[0].error
    assert found.recipes[0].accuracy is not None
    assert found.recipes[0].accuracy.n == 2


@pytest.mark.parametrize(
    ("recipes", "options", "message"),
    [
        ([], {}, "Received recipes none"),
        (["mlp-128", "mlp-128"], {}, "a name of its own"),
        (["mlp-128"], {"folds": 1}, "at least 2 folds"),
        (["mlp-128"], {"folds": 2000}, "at most one for each"),
        (["mlp-128"], {"folds": 5, "subset": 12, "stratified": True}, "rarest digit"),
        (["mlp-128"], {"repeats": 0}, "1 repeat"),
        (["mlp-128"], {"seed": -1}, "seed of 0 or more"),
        (["mlp-128"], {"seed": 2**32}, "32 bits"),
        (["mlp-128"], {"subset": 0}, "subset of 0"),
        (["mlp-128"], {"workers": 0}, "0 workers"),
        (["mlp-128"], {"threads": 0}, "0 threads"),
        (["mlp-128"], {"device": "gpu"}, "device 'gpu'"),
        (["mlp-128"], {"precision": "fp16"}, "precision 'fp16'"),
        (["mlp-128"], {"changes": {"epochs": 0}}, "epochs"),
    ],
)
def test_mistakes_are_told_before_anything_begins(
    drawn_file: Path, recipes: list[str], options: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        crossval(recipes, drawn_file, folder="cv", **options)
    assert not list(Path().glob("cv/*/*"))


def test_unknown_names_are_told(drawn_file: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'mlp-256'"):
        crossval(["mlp-2566"], drawn_file)
    with pytest.raises(UnknownNameError, match="data set or path"):
        crossval(["mlp-128"], "nmist")


def test_a_job_survives_json_and_refuses_another_ones_folder(
    drawn: DataSet, drawn_file: Path
) -> None:
    import msgspec

    from tenfold.recipes import load_recipe

    recipe = load_recipe("mlp-128").changed(QUICK)
    job = Job(
        name="a job",
        recipe=recipe,
        data=str(drawn_file),
        data_hash=drawn.hash(),
        folder="job",
        options=TrainingOptions(fold=Fold(index=0, folds=3), threads=1),
    )
    again = msgspec.json.decode(msgspec.json.encode(job), type=Job)
    scores = run_job(again)
    assert scores == run_job(job)
    other = msgspec.structs.replace(again, options=msgspec.structs.replace(again.options, seed=5))
    with pytest.raises(RunError, match=r"is not a job \(seed not the same\)"):
        run_job(other)
    stale = msgspec.structs.replace(again, folder="elsewhere", data_hash="0" * 64)
    with pytest.raises(RunError, match="have changed"):
        run_job(stale)
