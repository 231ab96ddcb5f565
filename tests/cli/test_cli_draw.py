"""``tenfold draw``: any figure, from whatever holds what it shows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from _commands import Tenfold
from tenfold.cli._sources import SOURCES, Choices, draw_from, open_source, suits
from tenfold.cli._sources.run import RunSource
from tenfold.data import DataSet
from tenfold.errors import InputError, RunError
from tenfold.figures import figure_names, find_figure
from tenfold.models import load_model
from tenfold.recipes import load_recipe
from tenfold.records import Fold, Run
from tenfold.training import Silence, train
from tenfold.training.splits import split_fold


@pytest.fixture(scope="module")
def experiment(drawn_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two folds of one recipe and one plain run of another."""
    folder = tmp_path_factory.mktemp("experiment")
    small = load_recipe("mlp-256").changed({"layers.1.units": 12, "epochs": 1})
    for index in range(2):
        train(
            small,
            drawn_file,
            run=folder / f"fold-{index}",
            fold=Fold(index, folds=3),
            threads=1,
            observer=Silence(),
        )
    other = small.changed({"name": "other", "validation": 200})
    train(other, drawn_file, run=folder / "plain", threads=1, observer=Silence())
    return folder


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory, drawn: DataSet) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "digit.png"
    Image.fromarray(255 - drawn.test.images[0]).resize((140, 140)).save(path)
    return path


def results(folder: Path, content: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(json.dumps(content))
    return folder


SWEEP = {
    "kind": "sweep",
    "recipe": "cnn-deep",
    "parameters": ["learning_rate", "scaling"],
    "trials": [
        {"number": 0, "settings": {"learning_rate": 0.1}, "accuracy": 0.9, "state": "finished"},
        {"number": 1, "settings": {"learning_rate": 0.001}, "accuracy": 0.95},
        {
            "number": 2,
            "settings": {"learning_rate": 0.01, "scaling": "raw"},
            "accuracy": 0.99,
            "state": "pruned",
        },
    ],
}


@pytest.mark.parametrize("name", figure_names())
def test_every_figure_is_drawn_from_some_source(
    name: str,
    experiment: Path,
    tmp_path: Path,
    tenfold: Tenfold,
) -> None:
    source = experiment / "plain"
    words: list[object] = ["--count", 60, "--method", "pca"]
    if name == "fold_scores":
        source = experiment
    if name == "sweep":
        source = results(tmp_path / "sweep", SWEEP)
        words = ["--parameter", "learning_rate"]
    assert any(suits(kind, find_figure(name)) for kind in SOURCES)
    code, out, err = tenfold("draw", name, source, "--out", f"drawn/{name}.svg", *words)
    assert code == 0, err
    assert out == f"Drew drawn/{name}.svg\n"
    assert Path(f"drawn/{name}.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("name", ["first_images", "digit_map"])
def test_figures_of_a_data_set(
    name: str, drawn_file: Path, picture: Path, tenfold: Tenfold
) -> None:
    words = ["--count", 50, "--method", "pca", "--picture", picture, "--side", 4]
    code, _out, err = tenfold("draw", name, drawn_file, *words)
    assert code == 0, err
    assert Path(f"{name}.png").is_file()


@pytest.mark.parametrize("name", ["activations", "saliency", "digit_map"])
def test_a_picture_is_looked_at(
    name: str, experiment: Path, picture: Path, tenfold: Tenfold
) -> None:
    words = ["--picture", picture, "--count", 30, "--method", "pca", "--digit", 7]
    code, _out, err = tenfold("draw", name, experiment / "plain", *words)
    assert code == 0, err
    assert Path(f"{name}.png").is_file()


@pytest.mark.parametrize("source", ["mlp-128", "model"])
def test_a_network_from_a_recipe_or_a_model(
    source: str, experiment: Path, tenfold: Tenfold
) -> None:
    place = experiment / "plain" / "model.onnx" if source == "model" else source
    assert tenfold("draw", "network", place)[0] == 0


def test_predictions_of_a_picture(picture: Path, tenfold: Tenfold) -> None:
    assert tenfold("draw", "predictions", picture, "--out", "read.pdf")[0] == 0
    assert Path("read.pdf").is_file()


def test_a_run_that_left_the_test_images_alone_shows_those_it_held_out(
    experiment: Path, drawn: DataSet
) -> None:
    fold = RunSource(Run(experiment / "fold-1"), Choices())
    _train, held = split_fold(Fold(1, folds=3), drawn.train.labels)
    np.testing.assert_array_equal(fold.images, drawn.train.images[held])
    accuracy = Run(experiment / "fold-1").scores.validation.accuracy
    assert fold.matrix.trace() / fold.matrix.sum() == pytest.approx(accuracy)
    chosen = RunSource(Run(experiment / "fold-1"), Choices(split="test"))
    np.testing.assert_array_equal(chosen.images, drawn.test.images)


def test_a_runs_results_are_its_own(experiment: Path, drawn: DataSet) -> None:
    run = Run(experiment / "plain")
    source = RunSource(run, Choices(index=3))
    assert source.matrix.tolist() == [list(row) for row in run.scores.test.confusion]
    np.testing.assert_array_equal(source.image, drawn.test.images[3])
    expected = load_model(run.model_path).predict_proba(drawn.test.images[3])[0]
    assert source.digit == expected.argmax()
    assert source.confidence == pytest.approx(expected.max(), abs=1e-5)
    predicted = load_model(run.model_path).predict(drawn.test.images)
    for (true, wrong), images in source.examples.items():
        assert true != wrong
        assert len(images) == ((drawn.test.labels == true) & (predicted == wrong)).sum()


def test_a_folder_of_runs_is_gathered_by_recipe(experiment: Path) -> None:
    source = open_source(str(experiment), Choices(recipe="mlp-256"))
    assert {name: len(row) for name, row in source.scores.items()} == {"mlp-256": 2, "other": 1}
    folds = [Run(experiment / f"fold-{at}") for at in range(2)]
    assert source.scores["mlp-256"] == [run.scores.validation.accuracy for run in folds]
    assert source.histories == [run.history for run in folds]
    assert source.title == "mlp-256"


def test_an_experiments_results_are_read(experiment: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(experiment, tmp_path / "copy")
    scores = [
        {"fold": 0, "accuracy": 0.5, "loss": 1.0, "run": "fold-1"},
        {"fold": 1, "accuracy": 0.75, "loss": 0.5, "run": "fold-0"},
    ]
    recipes = [{"name": "a", "scores": scores}, {"name": "b", "scores": []}]
    results(folder, {"kind": "crossval", "recipes": recipes, "unknown": 1})
    source = open_source(str(folder), Choices(recipe="a"))
    assert source.scores == {"a": [0.5, 0.75]}
    assert source.histories[0] == Run(folder / "fold-1").history


def test_a_sweeps_trials_are_read_by_parameter(tmp_path: Path) -> None:
    folder = results(tmp_path / "sweep", SWEEP)
    source = open_source(str(folder), Choices(parameter="learning_rate"))
    assert source.values == [0.1, 0.001, 0.01]
    assert source.accuracies == [0.9, 0.95, None]
    assert open_source(str(folder), Choices(parameter="scaling")).values == ["raw"]


def test_a_figure_takes_only_what_a_source_holds(experiment: Path) -> None:
    def newcomer(matrix: object, layers: object, more: int = 3) -> tuple[object, ...]:
        return matrix, layers, more

    matrix, layers, more = draw_from(
        RunSource(Run(experiment / "plain"), Choices()),
        "newcomer",
        newcomer,  # type: ignore[arg-type]
    )
    assert matrix.shape == (10, 10)
    assert layers[0].kind == "input"
    assert more == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["confusoin", "."], "Did you mean 'confusion'?"),
        (["nonsense", "."], "Known: accepted_share, activations, class_scores, confused_pairs"),
        (["first_weights", "mlp-128"], "cannot be drawn from a recipe; give a run's folder"),
        (["fold_scores", "PLAIN"], "cannot be drawn from a run's folder; give a folder of several"),
        (["sweep", "EXPERIMENT"], "holds no sweep"),
        (["learning_curves", "EXPERIMENT"], "Choose one of the recipes with --recipe"),
        (["learning_curves", "EXPERIMENT", "--recipe", "mlp"], "no recipe named 'mlp'"),
        (["activations", "PLAIN", "--index", "300"], "Received index 300; expected 0 to 299"),
        (["activations", "PLAIN", "--picture", "nowhere.png"], "nowhere.png"),
        (["digit_map", "PLAIN", "--method", "umap"], "Known: pca, tsne"),
        (["confusion", "PLAIN", "--split", "valid"], "no split named 'valid'"),
        (["confusion", "PLAIN", "--out", "figure.bmp"], "no figure format named 'bmp'"),
        (["worst_errors", "PLAIN", "--side", "11"], "whole number from 1 to 10"),
        (["confusion", "nowhere"], "nowhere"),
        (["confusion", "nowhere.onnx"], "There is no model file nowhere.onnx"),
        (["network", "nowhere.json"], "There is no recipe file nowhere.json"),
    ],
)
def test_mistakes_give_one_clear_line(
    tenfold: Tenfold, experiment: Path, words: list[str], message: str
) -> None:
    places = {"PLAIN": str(experiment / "plain"), "EXPERIMENT": str(experiment)}
    code, out, err = tenfold("draw", *(places.get(word, word) for word in words))
    assert code == 1
    assert out == ""
    assert message in err.replace("\n", " ")
    assert "Traceback" not in err


def test_several_parameters_must_be_told_apart(tmp_path: Path, tenfold: Tenfold) -> None:
    folder = results(tmp_path / "sweep", SWEEP)
    _code, _out, err = tenfold("draw", "sweep", folder)
    assert "--parameter: learning_rate, scaling" in err
    _code, _out, err = tenfold("draw", "sweep", folder, "--parameter", "scalin")
    assert "Did you mean 'scaling'?" in err


@pytest.mark.parametrize("content", ['{"recipes": 3}', "{", '{"trials": [{"settings": 1}]}'])
def test_damaged_results_are_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "results.json").write_text(content)
    with pytest.raises(RunError, match=r"results\.json is damaged"):
        open_source(str(tmp_path), Choices())


@pytest.mark.parametrize("plan", ["{}", '{"recipe": {}, "settings": 1}'])
def test_a_damaged_plan_is_named(tmp_path: Path, plan: str) -> None:
    (tmp_path / "run.json").write_text(plan)
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        open_source(str(tmp_path), Choices())


def test_a_picture_without_ink_is_named(experiment: Path, tmp_path: Path) -> None:
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    source = RunSource(Run(experiment / "plain"), Choices(picture=tmp_path / "blank.png"))
    with pytest.raises(InputError, match="No digit was found in"):
        _ = source.image
