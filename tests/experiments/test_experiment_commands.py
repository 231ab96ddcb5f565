"""The commands of experiments as typed, and every command on their pages."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from _commands import Tenfold
from tenfold.errors import InputError

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("crossval.md", "compare.md", "sweep.md")

pytestmark = pytest.mark.usefixtures("here")


def commands_on(page: str) -> list[list[str]]:
    blocks = re.findall(r"```console\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line.removeprefix("$ tenfold ")) for line in lines if line.startswith("$")]


def made_small(words: list[str], data: Path) -> list[str]:
    """The same command on 240 drawn digits: one epoch, two folds, two trials, two values."""
    if words[0] in ("compare", "draw"):
        return words
    small = {"--subset": "240", "--epochs": "1", "--folds": "2", "--search": "2"}
    words = [re.sub(r"^(\w+=[^,]+,[^,]+),.*", r"\1", word) for word in words]
    for option, value in small.items():
        if option in words:
            words[words.index(option) + 1] = value
        elif option in ("--subset", "--epochs"):
            words += [option, value]
    # mlp-128 counts its steps whatever the number of images.
    if "mlp-128" in words and words[0] != "sweep" and "mlp-256" not in words:
        words += ["--set", "steps_per_epoch=5"]
    return [*words, "--data", str(data)]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_command_on_the_page_works(tenfold: Tenfold, drawn_file: Path, page: str) -> None:
    commands = commands_on(page)
    assert len(commands) >= 2
    for words in commands:
        code, out, err = tenfold(*made_small(words, drawn_file))
        assert code == 0, (words, err)
        assert out


@pytest.mark.slow
def test_every_command_on_the_page_of_reports_works(tenfold: Tenfold, drawn_file: Path) -> None:
    small = ["--data", drawn_file, "--subset", 240, "--epochs", 1]
    seeds = [["--run", f"runs/recipes/seed-{seed}", "--seed", seed] for seed in (0, 1)]
    for words in (
        ["train", "mlp-512", "--run", "runs/cnn-deep-1", "--no-figures"],
        *(["train", "mlp-512", *seed, "--no-figures"] for seed in seeds),
        ["crossval", "mlp-256", "mlp-512", "--folds", 2, "--folder", "runs/crossval-1"],
        ["sweep", "mlp-256", "--set", "learning_rate=0.01,0.1", "--folder", "runs/sweep-1"],
        ["reproduce", "--folder", "runs/reproduction"],
    ):
        assert tenfold(*words, *small)[0] == 0
    few = {"held_out": 600, "held_scenes": 10, "lines.epochs": 1, "digits.epochs": 1}
    few |= {f"scenes.{number}.count": 16 for number in range(7)}
    words = [word for name, value in few.items() for word in ("--set", f"{name}={value}")]
    words = ["train", "reader", "--data", drawn_file, "--run", "runs/reader-1", *words]
    assert tenfold(*words)[0] == 0
    page = (DOCS / "reports.md").read_text("utf-8")
    blocks = re.findall(r"```console\n(.*?)```", page, re.DOTALL)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    commands = [words[1:] for words in lines if words[0] == "tenfold"]
    assert len(commands) >= 6
    for words in commands:
        data = ["--data", drawn_file] if words[0] == "evaluate" else []
        code, out, err = tenfold(*words, *data)
        assert code == 0, (words, err)
        (page,) = re.findall(r"(?:Wrote|已写入) (\S+)", out + err)
        assert Path(page).stat().st_size > 1000
        Path(page).unlink()
    assert list(Path("report-figures").glob("*.png"))


def options_of(command: str, tenfold: Tenfold) -> set[str]:
    _code, out, _err = tenfold(command, "--help")
    return set(re.findall(r"--[a-z][a-z-]+", out))


@pytest.mark.parametrize("command", ["crossval", "sweep", "compare"])
def test_options_named_on_the_page_exist(tenfold: Tenfold, command: str) -> None:
    known = options_of("crossval", tenfold) | options_of("sweep", tenfold)
    known |= options_of("train", tenfold) | options_of("draw", tenfold) | {"--lang"}
    named = set(re.findall(r"--[a-z][a-z-]+", (DOCS / f"{command}.md").read_text("utf-8")))
    assert named <= known


def test_crossval_prints_and_draws_in_both_languages(tenfold: Tenfold, drawn_file: Path) -> None:
    words = ["crossval", "mlp-256", "mlp-sigmoid", "--folds", 2, "--epochs", 1, "--folder", "cv"]
    words += ["--data", drawn_file, "--subset", 240]
    code, out, err = tenfold(*words)
    assert code == 0
    assert "accuracy of each fold" in out
    assert "mlp-sigmoid and mlp-256: no difference shown" in out
    assert "n = 2 folds" in out
    assert "4 jobs" in err
    assert "4 of 4 done" in err
    curves = {"learning_curves-mlp-256.png", "learning_curves-mlp-sigmoid.png"}
    assert pictures("cv") == {"fold_scores.png"} | curves
    assert "Drew cv/figures/fold_scores.png" in err
    _code, out, _err = tenfold("--lang", "zh", *words)
    assert "未显示出差异" in out
    assert "各折准确率" in out
    _code, out, _err = tenfold(*words, "--json")
    assert json.loads(out)["kind"] == "crossval"
    code, out, _err = tenfold("compare", "cv", "--json")
    assert [one["n"] for one in json.loads(out)["comparisons"]] == [2]
    assert (
        json.loads(out)["comparisons"]
        == json.loads(Path("cv/results.json").read_text())["comparisons"]
    )


def pictures(folder: str) -> set[str]:
    found = list(Path(folder, "figures").iterdir())
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in found)
    return {path.name for path in found}


def test_a_sweep_draws_each_parameter_in_the_language_chosen(
    tenfold: Tenfold, drawn_file: Path
) -> None:
    words = ["sweep", "mlp-256", "--set", "learning_rate=0.01,1e38", "--epochs", 1]
    words += ["--set", "scaling=normalize,center", "--subset", 240, "--data", drawn_file]
    words += ["--folder", "sw"]
    code, _out, err = tenfold(*words)
    assert code == 0
    names = {"sweep-learning_rate.png", "sweep-scaling.png"}
    assert pictures("sw") == names
    assert all(f"Drew sw/figures/{name}" in err for name in names)
    english = Path("sw/figures/sweep-scaling.png").read_bytes()
    code, out, err = tenfold("--lang", "zh", *words, "--json")
    assert code == 0
    assert json.loads(out)["kind"] == "sweep"
    assert "已绘制 sw/figures/sweep-scaling.png" in err
    assert Path("sw/figures/sweep-scaling.png").read_bytes() != english


def test_a_sweep_that_cannot_be_drawn_is_done_all_the_same(
    tenfold: Tenfold, drawn_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["sweep", "mlp-256", "--set", "learning_rate=0.01,0.1", "--epochs", 1]
    words += ["--subset", 240, "--data", drawn_file, "--folder", "sw"]
    found = importlib.util.find_spec
    for name in [name for name in sys.modules if name.startswith("tenfold.figures")]:
        monkeypatch.delitem(sys.modules, name)
    with monkeypatch.context() as patch:
        patch.setattr(
            "importlib.util.find_spec",
            lambda name, *a: None if name == "matplotlib" else found(name, *a),
        )
        code, out, err = tenfold(*words)
    assert code == 0
    assert "The best is trial" in out
    assert err.count("pip install 'tenfold[train]'") == 1

    def refuse(*_arguments: object) -> None:
        raise InputError("too many colors")

    monkeypatch.setattr("tenfold.cli._sources.draw_from", refuse)
    code, _out, err = tenfold(*words)
    assert code == 0
    assert "No figure sweep-learning_rate: too many colors" in err
    assert not Path("sw/figures").exists()


def test_a_failed_fold_is_named_and_the_exit_code_is_1(tenfold: Tenfold, drawn_file: Path) -> None:
    words = ["crossval", "mlp-256", "--folds", 2, "--epochs", 1, "--folder", "cv"]
    words += ["--data", drawn_file, "--subset", 240, "--set", "learning_rate=1e38"]
    code, out, err = tenfold(*words)
    assert code == 1
    assert "mlp-256, fold 0: failed: " in err
    assert "mlp-256" in out


def test_a_sweep_without_a_winner_exits_with_1(tenfold: Tenfold, drawn_file: Path) -> None:
    words = ["sweep", "mlp-256", "--set", "learning_rate=1e38", "--epochs", 1, "--subset", 240]
    code, out, err = tenfold(*words, "--data", drawn_file, "--folder", "sw")
    assert code == 1
    assert "failed" in out
    assert "trial 0: failed: " in err
    assert not Path("sw/best.json").exists()
    code, _out, err = tenfold("compare", "sw", "sw")
    assert code == 1
    assert "holds a sweep" in err


def train(tenfold: Tenfold, data: Path, recipe: str, run: str, seed: int) -> None:
    words = ["--epochs", 1, "--subset", 240, "--seed", seed, "--no-figures", "--run", run]
    assert tenfold("train", recipe, *words, "--data", data)[0] == 0


def test_runs_are_compared_by_seed_and_unpaired_ones_refused(
    tenfold: Tenfold, drawn_file: Path
) -> None:
    for recipe in ("mlp-512", "mlp-sigmoid"):
        for seed in (0, 1):
            train(tenfold, drawn_file, recipe, f"runs/{recipe}/{seed}", seed)
    code, out, _err = tenfold("compare", "runs/mlp-512", "runs/mlp-sigmoid")
    assert code == 0
    assert "n = 2 seeds" in out
    one = ["runs/mlp-512/0", "runs/mlp-sigmoid/0"]
    for places, message in (
        (one, "one score each"),
        (["runs/mlp-512/0", "runs/mlp-sigmoid/1"], "2 of them have no partner"),
        (["runs/mlp-512", "runs/mlp-sigmoid/1"], "1 of them have no partner"),
        (["runs/mlp-512"], "at least two recipes"),
        (["runs/mlp-512", "runs/mlp-512"], "at least two recipes"),
        (["nowhere"], "no finished cross-validation and no run"),
    ):
        code, _out, err = tenfold("compare", *places)
        assert code == 1
        assert message in err
    Path("runs/mlp-512/0/scores.json").unlink()
    code, _out, err = tenfold("compare", "runs/mlp-512", "runs/mlp-sigmoid")
    assert code == 1
    assert "not finished" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["crossval", "cnn-depe"], "Did you mean 'cnn-deep'"),
        (["crossval", "cnn-deep", "--set", "epochs"], "expected --set NAME=VALUE"),
        (["crossval", "cnn-deep", "--set", "epochs=1", "--set", "epochs=2"], "epochs twice"),
        (["sweep", "cnn-deep", "--set", "conv_blocks=0,1,2"], "does not fit into cnn-deep"),
    ],
)
def test_mistakes_give_one_clear_line(tenfold: Tenfold, words: list[str], message: str) -> None:
    code, out, err = tenfold(*words)
    assert code == 1
    assert out == ""
    assert message in err
