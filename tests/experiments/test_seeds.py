"""Several seeds of a recipe: the trainings, the table, the comparison."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from _commands import Tenfold
from tenfold.errors import InputError, RunError
from tenfold.experiments import compare, train_seeds
from tenfold.records import Run

pytestmark = pytest.mark.usefixtures("here")

RECIPES = ["mlp-512", "mlp-sigmoid"]


def test_each_recipe_is_trained_with_each_seed_and_scored_on_the_test_images(
    drawn_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"count": 2, "folder": "sd", "epochs": 1, "subset": 300}
    found = train_seeds(RECIPES, drawn_file, **asked)
    assert [one.name for one in found.recipes] == RECIPES
    for one in found.recipes:
        accuracies = [score.accuracy for score in one.scores]
        assert [score.seed for score in one.scores] == [0, 1]
        assert one.accuracy.mean == pytest.approx(np.mean(accuracies))
        assert one.accuracy.sd == pytest.approx(np.std(accuracies, ddof=1))
        assert one.claim
        for score in one.scores:
            run = Run(Path("sd") / score.run)
            assert run.scores.test.accuracy == score.accuracy
            assert run.scores.test.count == 300
            assert run.plan.settings.seed == score.seed
    assert json.loads(Path("sd/results.json").read_text()) == json.loads(
        json.dumps(found.to_dict())
    )
    # What is finished is not done again, and what is compared are the seeds.
    monkeypatch.setattr("tenfold.experiments.engines.processes.ProcessEngine", None)
    assert train_seeds(RECIPES, drawn_file, **asked) == found
    (comparison,) = compare(["sd"])
    assert comparison.n == 2
    assert compare(["sd/mlp-512", "sd/mlp-sigmoid"]) == (comparison,)
    with pytest.raises(RunError, match=r"count not the same"):
        train_seeds(RECIPES, drawn_file, **{**asked, "count": 3})


@pytest.mark.parametrize(
    ("recipes", "options", "message"),
    [
        ([], {}, "Received recipes none"),
        (["mlp-512", "mlp-512"], {}, "a name of its own"),
        (["mlp-512"], {"count": 0}, "0 seeds; expected 1 to 1000"),
        (["mlp-512"], {"count": 1001}, "expected 1 to 1000"),
        (["mlp-512"], {"subset": 0}, "subset of 0"),
        (["mlp-512"], {"workers": 0}, "0 workers"),
    ],
)
def test_mistakes_are_told_before_anything_begins(
    drawn_file: Path, recipes: list[str], options: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        train_seeds(recipes, drawn_file, folder="sd", **options)
    assert not Path("sd").exists()


def test_the_command_prints_a_table_in_both_languages(tenfold: Tenfold, drawn_file: Path) -> None:
    words = ["reproduce", "mlp-512", "--seeds", 2, "--epochs", 1, "--subset", 300]
    words += ["--data", drawn_file, "--folder", "sd"]
    code, out, err = tenfold(*words)
    assert code == 0
    assert "test accuracy of each seed" in out
    assert "over 98 %" in out
    assert "mlp-512, seed 1: accuracy" in err
    _code, out, _err = tenfold("--lang", "zh", *words)
    assert "各种子的测试准确率" in out
    _code, out, _err = tenfold(*words, "--json")
    assert json.loads(out)["kind"] == "seeds"


def test_a_training_that_fails_is_named(tenfold: Tenfold, drawn_file: Path) -> None:
    Path("sd/mlp-512/seed-0").mkdir(parents=True)
    Path("sd/mlp-512/seed-0/run.json").write_text("{}")
    words = ["reproduce", "mlp-512", "--seeds", 1, "--epochs", 1, "--subset", 300]
    code, out, err = tenfold(*words, "--data", drawn_file, "--folder", "sd")
    assert code == 1
    assert "mlp-512" in out
    assert "mlp-512, seed 0: failed: " in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seeds", "2"], "--seeds without a recipe"),
        (["--json"], "--json without a recipe"),
        (["mlp-512", "--pages", "pages"], "recipes and --pages"),
        (["mlp-5122"], "Did you mean 'mlp-512'"),
        (["mlp-512", "--engine", "rays"], "no engine named 'rays'"),
    ],
)
def test_the_commands_mistakes_give_one_clear_line(
    tenfold: Tenfold, words: list[str], message: str
) -> None:
    code, out, err = tenfold("reproduce", *words)
    assert code == 1
    assert out == ""
    assert message in err
