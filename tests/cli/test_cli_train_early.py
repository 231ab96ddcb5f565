"""What is told before PyTorch is loaded: a wrong change, data or folder waits for nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from _commands import Tenfold, exit_code
from _run_folders import start
from tenfold.records import Run


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "lr=1"], "Did you mean 'learning_rate'"),
        (["--set", "epochs=none"], "epochs is 'none'; expected a whole number"),
        (["--set", "nothing"], "expected --set NAME=VALUE"),
        (["--validation", "ten"], "such as 10% or 0.1"),
        (["--data", "nowhere.csv"], "nowhere.csv"),
        (["--add", "nowhere.csv"], "nowhere.csv"),
        (["--start-from", "nowhere.onnx"], "nowhere.onnx"),
        (["--start-from", "taken"], "taken holds no model"),
        (["--device", "gpu"], "Received device 'gpu'; expected one of auto, cpu, cuda, mps."),
        (["--precision", "fp16"], "Received precision 'fp16'; expected one of fp32, bf16."),
        (["--subset", "1201"], "Received a subset of 1201 images; expected 1 to 1200."),
        (["--run", "taken"], "already holds a run"),
    ],
)
def test_mistakes_are_told_before_pytorch_is_loaded(
    words: list[str],
    message: str,
    drawn_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    tenfold: Tenfold,
) -> None:
    start(Run("taken"))
    monkeypatch.setitem(sys.modules, "tenfold.training", None)
    monkeypatch.setitem(sys.modules, "torch", None)
    data = [] if "--data" in words else ["--data", str(drawn_file)]
    code, _out, err = tenfold("train", "mlp-128", *data, *words)
    assert code == 1
    assert message in err
    assert not Path("runs").exists()


def test_what_an_epoch_is_is_told_where_it_is_not_all_images(
    drawn_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tenfold.training", None)
    words = ["train", "mlp-128", "--data", str(drawn_file), "--epochs", "1"]
    with pytest.raises(ModuleNotFoundError):
        exit_code(*words)
    told = "An epoch of mlp-128 is 50 steps of 32 images drawn at random: 1,600 images, where there"
    assert told in capsys.readouterr().err
