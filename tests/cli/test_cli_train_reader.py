"""``tenfold train reader`` and what the commands say of that recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from _commands import Tenfold
from tenfold.models import load_bundled_ink
from tenfold.recipes import load_any_recipe
from tenfold.records import InkScores, ReaderScores, Run
from tenfold.training.devices import fast_precision
from tenfold.training.page_reader import ReaderJob

SMALL = ["--set", "held_out=600", "--set", "held_scenes=10"]
SMALL += [word for n in range(7) for word in ("--set", f"scenes.{n}.count=16")]
SMALL += [
    "--set",
    "ink.epochs=1",
    "--set",
    "lines.epochs=1",
    "--set",
    "digits.epochs=1",
    "--set",
    "signs.epochs=1",
    "--precision",
    "fp32",
]


def test_it_trains_and_goes_on(
    tenfold: Tenfold, drawn_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(job: ReaderJob, *_networks: object) -> None:
        (job._run.folder / "lines.onnx").touch()

    monkeypatch.setattr(ReaderJob, "_save", save)
    # An ink network that learned next to nothing finds none in any scene.
    ready = (load_bundled_ink(), InkScores())
    monkeypatch.setattr(ReaderJob, "_train_ink", lambda *_arguments: ready)
    words = ["train", "reader", "--data", str(drawn_file), "--run", "r", "--threads", "1", *SMALL]
    code, out, err = tenfold(*words)
    assert code == 0, err
    assert "Composes 182 scenes, then trains from them: digits, lines, signs." in err
    assert "reader, digits  epoch 2/4" in err
    assert "reader, lines  epoch 3/4" in err
    assert "reader, signs  epoch 4/4" in err
    assert "Test accuracy" in out
    assert "lines.onnx" in out
    assert Run("r").plan.settings.precision == "fp32"
    assert not (Path("r") / "figures").exists()
    code, _out, err = tenfold("train", "--run", "r", "--resume")
    assert (code, "is finished" in err) == (0, True)
    code, _out, err = tenfold("train", "--run", "r", "--resume", "--seed", "7")
    assert (code, "begun with other settings" in err) == (1, True)


def test_the_recipe_prefers_a_precision(
    tenfold: Tenfold, drawn_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(job: ReaderJob, _observer: object) -> Run:
        job._run.write_scores(ReaderScores())
        return job._run

    monkeypatch.setattr(ReaderJob, "run", run)
    words = ["train", "reader", "--data", str(drawn_file), "--run", "r", *SMALL[:-2]]
    assert tenfold(*words)[0] == 0
    wanted = load_any_recipe("reader").precision
    assert wanted == "bf16"
    # Where the processor has no instructions for it, it would only be slower.
    assert Run("r").plan.settings.precision == fast_precision(wanted, "cpu")


def test_it_is_shown_in_words(tenfold: Tenfold) -> None:
    code, out, _err = tenfold("recipes", "show", "reader")
    text = " ".join(out.split())
    assert code == 0
    assert "330,088 parameters" in text
    assert "988,607 parameters" in text
    assert "466,131 parameters" in text
    assert "75,659 parameters" in text
    assert "45,000 × 48" in text
    code, out, _err = tenfold("recipes", "show", "reader", "--json")
    Path("again.json").write_text(out)
    assert load_any_recipe("again.json") == load_any_recipe("reader")
    code, out, _err = tenfold("recipes")
    assert "1,860,485" in out


@pytest.mark.parametrize(
    "words",
    [
        ["recipes", "show", "reader", "--draw", "net.svg"],
        ["draw", "network", "reader"],
        ["crossval", "reader"],
        ["sweep", "reader", "--set", "learning_rate=0.1,0.2"],
    ],
)
def test_what_takes_one_network_says_so(tenfold: Tenfold, words: list[str]) -> None:
    code, _out, err = tenfold(*words)
    assert code == 1
    assert "expected one of a single network" in " ".join(err.split())
    assert not Path("net.svg").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--epochs", "3"], "no setting named 'epochs'"),
        (["--log", "tensorboard"], "--log is not for the reader"),
    ],
)
def test_options_that_are_not_for_it_are_refused(
    tenfold: Tenfold, words: list[str], message: str
) -> None:
    code, _out, err = tenfold("train", "reader", *words)
    assert code == 1
    assert message in " ".join(err.split())
    assert not Path("runs").exists()
