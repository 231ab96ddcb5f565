"""``tenfold train``, ``evaluate`` and ``recipes``, as typed by a person."""

from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from _commands import Tenfold
from _waiting import wait_for
from tenfold.recipes import load_recipe, network_names, parameter_count, recipe_names
from tenfold.records import Run

QUICK = ["--epochs", 2, "--validation", 200]


def test_train_then_evaluate_then_the_figures(tenfold: Tenfold, drawn_file: Path) -> None:
    words = ["train", "cnn-deep", "--data", drawn_file, "--run", "run", "--set", "batch_size=16"]
    words += ["--subset", 400]
    code, out, err = tenfold(*words, *QUICK)
    assert code == 0
    assert "Test accuracy" in out
    assert "Model: run/model.onnx" in out
    assert "Device: The processor" in err
    assert "epoch 2/2" in err
    figures = {path.name for path in Run("run").figures_folder.iterdir()}
    names = ("class_scores", "confusion", "learning_curves", "network", "predictions")
    names += ("reliability", "worst_errors")
    assert figures == {f"{name}.png" for name in names}

    accuracy = Run("run").scores.test.accuracy
    for model in ("run", "run/model.onnx"):
        code, out, _err = tenfold("evaluate", model, "--data", drawn_file)
        assert code == 0
        assert f"Test accuracy {accuracy:.2%}" in out
    code, out, _err = tenfold("evaluate", "run", "--data", drawn_file, "--json")
    plain = json.loads(out)
    assert plain["accuracy"] == pytest.approx(accuracy)
    assert len(plain["confusion"]) == 10

    code, _out, err = tenfold(*words, *QUICK)
    assert code == 1
    assert "already holds a run" in err
    code, _out, err = tenfold("train", "--run", "run", "--resume", "--no-figures")
    assert code == 0
    assert "is finished" in err
    code, _out, err = tenfold("train", "--run", "run", "--resume", "--seed", 9)
    assert code == 1
    assert "begun with other settings" in err


@pytest.mark.slow
def test_ctrl_c_ends_cleanly_with_a_run_that_goes_on(drawn_file: Path, tmp_path: Path) -> None:
    program = "from tenfold.cli import main; main()"
    words = ["train", "cnn-deep", "--data", str(drawn_file), "--run", "run", "--no-figures"]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words, "--epochs", "4"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    wait_for(Run("run").checkpoint_path.is_file, process)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=250)
    assert process.returncode == 130
    assert "tenfold train --run run --resume" in err
    assert "Traceback" not in err
    done = subprocess.run(
        [sys.executable, "-c", program, "train", "--run", "run", "--resume", "--no-figures"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Model: run/model.onnx" in done.stdout
    assert len(Run("run").history) == 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "cnn-depe"], "Did you mean 'cnn-deep'?"),
        (["train", "--resume"], "--resume needs --run"),
        (["train", "--resume", "--run", "nowhere"], "no run in nowhere"),
        (["train", "cnn-deep", "--set", "epochs"], "expected --set NAME=VALUE"),
        (["train", "cnn-deep", "--set", "epoch=3"], "Did you mean 'epochs'?"),
        (["train", "cnn-deep", "--device", "tpu"], "Received device 'tpu'"),
        (["train", "cnn-deep", "--data", "nowhere.npz"], "nowhere.npz"),
        (["train", "mine.json"], "There is no recipe file mine.json"),
        (["evaluate", "nowhere.onnx"], "There is no model file nowhere.onnx"),
        (["evaluate", "."], "There is no model file (.onnx) in the folder ."),
        (["recipes", "show", "cnn"], "There is no recipe named 'cnn'"),
        (["recipes", "show", "cnn-deep", "--draw", "net.bmp"], "no figure format named 'bmp'"),
    ],
)
def test_mistakes_give_one_clear_line(tenfold: Tenfold, words: list[str], message: str) -> None:
    code, out, err = tenfold(*words)
    assert code == 1
    assert out == "" or words[0] == "recipes"
    assert message in err.replace("\n", " ")
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [["trian"], ["train", "cnn-deep", "--epochs", "x"]])
def test_wrong_usage_exits_with_2(tenfold: Tenfold, words: list[str]) -> None:
    assert tenfold(*words)[0] == 2


def test_recipes_are_listed_with_all_that_matters(tenfold: Tenfold) -> None:
    for words in (["recipes"], ["recipes", "list"]):
        code, out, _err = tenfold(*words)
        assert code == 0
        assert all(name in out for name in recipe_names())
        for name in network_names():
            assert f"{parameter_count(load_recipe(name).layers):,}" in out


@pytest.mark.slow
@pytest.mark.parametrize("name", network_names())
def test_a_recipe_is_shown_and_drawn(tenfold: Tenfold, name: str) -> None:
    code, out, _err = tenfold("recipes", "show", name, "--draw", "net.svg")
    assert code == 0
    assert f"{parameter_count(load_recipe(name).layers):,} parameters" in out
    assert Path("net.svg").read_text().lstrip().startswith("<?xml")
    code, out, _err = tenfold("recipes", "show", name, "--json")
    Path("again.json").write_text(out)
    assert load_recipe("again.json") == load_recipe(name)


def test_help_in_both_languages(tenfold: Tenfold) -> None:
    for lang, word in (("en", "Train a recipe"), ("zh", "训练一个配方")):
        code, out, _err = tenfold("--lang", lang, "--help")
        assert code == 0
        assert word in out
    code, _out, err = tenfold("--lang", "zh", "recipes", "show", "cnn")
    assert code == 1
    assert "没有名为 'cnn' 的配方" in err


@pytest.mark.slow
def test_a_missing_extra_gives_the_whole_line_that_installs_it(
    tenfold: Tenfold, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("tenfold.training")]:
        monkeypatch.delitem(sys.modules, name)
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *a: None if name == "torch" else found(name, *a)
    )
    code, _out, err = tenfold("train", "cnn-deep")
    assert code == 1
    assert "pip install 'tenfold[train]'" in err


def test_an_unknown_language_is_refused(tenfold: Tenfold) -> None:
    code, _out, err = tenfold("--lang", "fr", "recipes")
    assert (code, err) == (2, "Error: Received --lang fr; expected one of en, zh.\n")


def test_the_version_is_printed(tenfold: Tenfold) -> None:
    code, out, _err = tenfold("--version")
    assert code == 0
    assert out.startswith("tenfold 0.")


@pytest.mark.parametrize("words", [["recipes"], ["recipes", "show", "cnn-deep"], ["--help"]])
def test_light_commands_load_neither_torch_nor_matplotlib(words: list[str]) -> None:
    program = (
        "import sys\nfrom tenfold.cli import main\n"
        f"try:\n    main({words!r})\nfinally:\n"
        "    print([m for m in ('torch', 'matplotlib') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"


def test_help_is_quick() -> None:
    # The bar is 0.3 s on a quiet machine. Nearly all of that goes into imports, which are the same
    # on a busy one: 350 modules; NumPy alone has 150 more.
    program = (
        "import sys\nfrom tenfold.cli import main\n"
        "try:\n    main(['--help'])\nfinally:\n    print(len(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert int(done.stderr) < 420
