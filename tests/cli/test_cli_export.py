"""``tenfold export`` and the formats that need no Keras."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from _commands import Tenfold
from _rounding import probability_room
from tenfold.exchange._network import from_model
from tenfold.models import load_bundled, load_model
from tenfold.recipes import load_recipe
from tenfold.training import train


def test_a_run_folders_weights_are_exported_as_training_left_them(
    drawn_file: Path, tenfold: Tenfold
) -> None:
    recipe = load_recipe("sprint").changed({"layers.0.filters": 3, "layers.1.filters": 4})
    done = train(recipe, data=drawn_file, subset=200, run="run")
    code, _out, err = tenfold("export", done.folder, "--to", "safetensors")
    assert code == 0
    assert "Wrote sprint.safetensors" in err
    kept, given = load_file(done.weights_path), load_file("sprint.safetensors")
    assert given.keys() == {name for name in kept if not name.endswith("num_batches_tracked")}
    assert all(torch.equal(kept[name], given[name]) for name in given)
    back = ["--to", "onnx", "--out", "back.onnx"]
    assert tenfold("export", "sprint.safetensors", *back).code == 0
    images = np.random.default_rng(0).random((4, 28, 28), np.float32)
    back = load_model("back.onnx")
    np.testing.assert_allclose(
        back.predict_proba(images),
        load_model(done.model_path).predict_proba(images),
        rtol=0,
        atol=probability_room(from_model(back).scaled(), images[:, None]),
    )


def test_a_bundled_model_is_exported_under_its_name(tenfold: Tenfold) -> None:
    assert tenfold("export", "cnn-deep", "--to", "onnx").code == 0
    assert Path("cnn-deep.onnx").read_bytes() == load_bundled("cnn-deep").content


def test_wrong_words_say_what_was_expected(tenfold: Tenfold) -> None:
    for words, said in (
        (["export", "cnn-deep", "--to", "keras5"], "no model format named 'keras5'"),
        (
            ["--lang", "zh", "export", "cnn-deep", "--to", "onnx", "--pixels", "bytes"],
            "只用于 h5, keras, torch",
        ),
        (["export", "no-model", "--to", "onnx"], "There is no model file no-model"),
    ):
        code, _out, err = tenfold(*words)
        assert code == 1
        assert said in err
