"""The command: begin from a model with added images, and go on without or with the same options."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path

import pytest

from _commands import Tenfold
from tenfold.data import DataSet, save
from tenfold.records import Run
from tenfold.training import Silence, train


@pytest.fixture(scope="session")
def command(tenfold: Tenfold) -> Tenfold:
    """``tenfold train`` without figures."""
    return functools.partial(tenfold, "train", "--no-figures")


@pytest.fixture(scope="module")
def first(drawn: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("runs") / "first"
    changes = {"epochs": 1, "validation": 0}
    return train("mlp-512", drawn, run=folder, changes=changes, observer=Silence())


@pytest.fixture(scope="module")
def done(
    first: Run,
    drawn: DataSet,
    drawn_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
    command: Tenfold,
) -> tuple[Path, list[object]]:
    """The folder of a finished run, and the words of its command but the recipe and --run."""
    folder = tmp_path_factory.mktemp("done")
    save(DataSet("mine", {"train": drawn.test[:20]}), folder / "mine.csv")
    words: list[object] = ["--data", drawn_file, "--start-from", first.folder]
    words += ["--add", folder / "mine.csv", "--add-copies", 2]
    result = command("mlp-512", "--run", folder / "run", *words)
    assert result.code == 0, result.err
    return folder / "run", words


@pytest.fixture
def begun(done: tuple[Path, list[object]], tmp_path: Path) -> list[object]:
    """The words of a command whose run, in ``tmp_path / "run"``, lacks only its scores."""
    shutil.copytree(done[0], tmp_path / "run")
    (tmp_path / "run" / "scores.json").unlink()
    return ["--run", tmp_path / "run", *done[1]]


def test_run_json_says_all_of_it(first: Run, done: tuple[Path, list[object]]) -> None:
    plan = json.loads((done[0] / "run.json").read_text())
    assert plan["settings"]["start"]["name"] == str(first.folder)
    assert plan["settings"]["added"][0]["name"] == str(done[0].with_name("mine.csv"))
    assert plan["settings"]["add_copies"] == 2
    # A tenth of 20 epochs, at a tenth of the rate.
    assert plan["recipe"]["epochs"] == 2
    assert plan["recipe"]["optimizer"]["learning_rate"] == pytest.approx(1e-4)


def test_it_goes_on_with_the_same_options_or_none(
    begun: list[object], tmp_path: Path, command: Tenfold
) -> None:
    for words in (["mlp-512", *begun], ["--run", tmp_path / "run"]):
        assert command(*words, "--resume").code == 0
        assert Run(tmp_path / "run").finished
        (tmp_path / "run" / "scores.json").unlink()


@pytest.mark.parametrize(
    "otherwise",
    [
        ["--add-copies", "3"],
        ["--add", "else.csv"],
        ["--start-from", "cnn-deep"],
        ["--epochs", "7"],
    ],
)
def test_other_options_are_refused(
    begun: list[object], otherwise: list[object], tmp_path: Path, command: Tenfold
) -> None:
    for words in (["--run", tmp_path / "run"], ["mlp-512", *begun]):
        code, _out, err = command(*words, "--resume", *otherwise)
        assert code == 1
        assert "begun with other settings" in err


def test_set_has_the_last_word(
    first: Run, drawn_file: Path, tmp_path: Path, command: Tenfold
) -> None:
    words = ["mlp-512", "--data", drawn_file, "--run", tmp_path, "--start-from", first.folder]
    command(*words, "--epochs", 1, "--set", "learning_rate=0.5", "--set", "optimizer.rho=0.5")
    recipe = Run(tmp_path).plan.recipe
    assert recipe.epochs == 1
    assert (recipe.optimizer.learning_rate, recipe.optimizer.rho) == (0.5, 0.5)
