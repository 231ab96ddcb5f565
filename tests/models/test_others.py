"""Files of other programs are called by their names, with what to do."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import pytest

from tenfold.cli._models import model_file
from tenfold.cli.serve import _check_folder
from tenfold.errors import InputError, ModelError
from tenfold.exchange import convert_model
from tenfold.models import load_model


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, b"x")
    return buffer.getvalue()


PICKLED = "torch.onnx.export"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("net.pt", archive("net/data.pkl", "net/data/0"), PICKLED),
        ("net.pth", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", PICKLED),
        ("script.pt", archive("s/constants.pkl", "s/code/net.py"), PICKLED),
        ("forest.joblib", pickle.dumps([1.0]), PICKLED),
        ("net.tflite", b"\x1c\x00\x00\x00TFL3" + bytes(9), "--tflite .*net.tflite"),
        ("saved_model.pb", b"\x08\x01\x12", "--saved-model"),
    ],
)
def test_what_would_have_to_be_run_is_named_with_the_cure(
    name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for take in (load_model, convert_model):
        with pytest.raises(ModelError, match=message):
            take(path)


def test_the_service_says_what_to_do_with_a_file(tmp_path: Path) -> None:
    for content, message in ((pickle.dumps(1), PICKLED), (b"\x08\x08", "tenfold convert .*net.pt")):
        (tmp_path / "net.pt").write_bytes(content)
        with pytest.raises(InputError, match=message):
            _check_folder(tmp_path / "net.pt")
    _check_folder(tmp_path)
    _check_folder(tmp_path / "not there yet")


def test_a_folder_of_tensorflow_is_named(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01")
    for take in (model_file, convert_model):
        with pytest.raises(ModelError, match=f"--saved-model {tmp_path}"):
            take(str(tmp_path))


@pytest.mark.parametrize(
    "content",
    [b"\x89HDF\r\n\x1a\n", archive("config.json"), archive("net/version"), bytes(8) + b'{"a":1}'],
)
def test_what_can_be_converted_says_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "theirs.bin"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=f"tenfold convert {path}"):
        load_model(path)
