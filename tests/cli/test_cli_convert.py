"""Models of other programs on the command line: converted, evaluated, read with."""

from __future__ import annotations

import io
import json
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest

from _commands import Tenfold
from tenfold.cli._models import model_file
from tenfold.data import DataSet
from tenfold.exchange import _convert, converted_file
from tenfold.exchange._cache import cache_folder
from tenfold.models import load_bundled, load_model


@pytest.fixture(scope="module")
def nearest_mean(drawn: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Keras file, as Keras 2 laid them out: one dense layer that finds the nearest mean image.

    Its weights follow from the drawn digits by arithmetic, so that no Keras has to train them.
    """
    images = drawn.train.images.reshape(-1, 784) / 255
    means = np.stack([images[drawn.train.labels == digit].mean(0) for digit in range(10)])
    layers = [
        {"class_name": "Flatten", "config": {"name": "f", "batch_input_shape": [None, 28, 28]}},
        {
            "class_name": "Dense",
            "config": {"name": "d", "units": 10, "activation": "softmax", "use_bias": True},
        },
    ]
    model = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["model_config"] = json.dumps(model)
        group = file.create_group("model_weights/d")
        group.attrs["weight_names"] = [b"d/kernel:0", b"d/bias:0"]
        group["d/kernel:0"] = means.T.astype(np.float32)
        group["d/bias:0"] = (-(means**2).sum(1) / 2).astype(np.float32)
    path = tmp_path_factory.mktemp("keras") / "final_model.h5"
    path.write_bytes(buffer.getvalue())
    return path


def test_a_keras_file_is_converted_evaluated_and_reads(
    nearest_mean: Path, drawn: DataSet, drawn_file: Path, tenfold: Tenfold
) -> None:
    code, _out, said = tenfold("convert", nearest_mean, "--out", "model.onnx")
    assert code == 0
    assert "0 to 1 is assumed" in said
    assert "Wrote model.onnx" in said
    model = load_model("model.onnx")
    accuracy = float((model.predict(drawn.test.images) == drawn.test.labels).mean())
    assert accuracy > 0.5

    shown = tenfold("evaluate", nearest_mean, "--data", drawn_file, "--json")
    assert shown.code == 0
    assert json.loads(shown.out)["accuracy"] == pytest.approx(accuracy)
    assert "0 to 1 is assumed" in shown.err
    (kept,) = cache_folder().iterdir()

    page = np.full((120, 120), 255, np.uint8)
    cv2.putText(page, "3", (35, 90), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 0, 6, cv2.LINE_AA)
    cv2.imwrite("three.png", page)
    stamp = kept.stat().st_mtime_ns
    words = ["three.png", "--threshold", "0", "--json"]
    code, out, _err = tenfold("read", "--model", nearest_mean, *words)
    assert code == 0
    assert json.loads(out)["digits"]
    assert tenfold("read", "--model", "model.onnx", *words)[:2] == (0, out)
    # It was converted once.
    assert kept.stat().st_mtime_ns == stamp


def test_a_converted_model_is_kept_by_content_and_made_anew_if_damaged(
    nearest_mean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []

    def convert(source: Path, out: Path) -> Path:
        made.append(out)
        out.parent.mkdir(exist_ok=True, parents=True)
        out.write_bytes(load_bundled("cnn-deep").content)
        return out

    monkeypatch.setattr(_convert, "convert_model", convert)
    copy = tmp_path / "copy.h5"
    copy.write_bytes(nearest_mean.read_bytes())
    first, _card = converted_file(nearest_mean)
    assert converted_file(copy)[0] == first
    assert len(made) == 1
    first.write_bytes(b"damaged")
    assert converted_file(nearest_mean)[0] == first
    assert len(made) == 2
    monkeypatch.setattr(_convert, "CONVERTER", 99)
    assert converted_file(nearest_mean)[0] != first


def test_names_and_model_files_are_left_as_they_are() -> None:
    for name in ("champion", "model.onnx", "runs/one", "-"):
        assert model_file(name) == name


def test_what_cannot_be_converted_is_said(tenfold: Tenfold) -> None:
    Path("model.keras").write_bytes(b"no model")
    for command in (["convert"], ["evaluate"], ["read", "x.png", "--model"]):
        code, _out, err = tenfold(*command, "model.keras")
        assert code == 1
        assert "This is no file that can be converted" in err
    code, _out, err = tenfold("convert", "model.keras", "--out", "model.keras")
    assert code == 1
    assert "would replace the file itself" in err
