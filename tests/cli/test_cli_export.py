"""``tenfold export`` and the formats that need no Keras."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import tenfold
from _rounding import probability_room
from tenfold.cli import main
from tenfold.exchange._network import from_model
from tenfold.models import load_bundled


def run(*words: object) -> int:
    """Run the command line; return its exit code."""
    with pytest.raises(SystemExit) as exit_:
        main([str(word) for word in words])
    return int(exit_.value.code or 0)


def test_a_run_folders_weights_are_exported_as_training_left_them(
    drawn_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tenfold.load_recipe("sprint").changed({"layers.0.filters": 3, "layers.1.filters": 4})
    done = tenfold.train(recipe, data=drawn_file, subset=200, run="run")
    assert run("export", done.folder, "--to", "safetensors") == 0
    assert "Wrote sprint.safetensors" in capsys.readouterr().err
    kept, given = load_file(done.weights_path), load_file("sprint.safetensors")
    assert given.keys() == {name for name in kept if not name.endswith("num_batches_tracked")}
    assert all(torch.equal(kept[name], given[name]) for name in given)
    assert run("export", "sprint.safetensors", "--to", "onnx", "--out", "back.onnx") == 0
    images = np.random.default_rng(0).random((4, 28, 28), np.float32)
    back = tenfold.load_model("back.onnx")
    np.testing.assert_allclose(
        back.predict_proba(images),
        tenfold.load_model(done.model_path).predict_proba(images),
        rtol=0,
        atol=probability_room(from_model(back).scaled(), images[:, None]),
    )


def test_a_bundled_model_is_exported_under_its_name() -> None:
    assert run("export", "cnn-deep", "--to", "onnx") == 0
    assert Path("cnn-deep.onnx").read_bytes() == load_bundled("cnn-deep").content


def test_wrong_words_say_what_was_expected(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", "cnn-deep", "--to", "keras5") == 1
    assert "no model format named 'keras5'" in capsys.readouterr().err
    assert run("--lang", "zh", "export", "cnn-deep", "--to", "onnx", "--pixels", "bytes") == 1
    assert "只用于 h5, keras, torch" in capsys.readouterr().err
    assert run("--lang", "en", "export", "no-model", "--to", "onnx") == 1
    assert "There is no model file no-model" in capsys.readouterr().err
