"""The base installation alone, and a Keras that cannot start: one sentence, no traceback."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tenfold.errors import InputError, MissingExtraError
from tenfold.exchange import convert_model, export_model, import_keras
from tenfold.models import load_bundled

EXTRAS = ("torch", "onnx", "safetensors", "keras", "h5py")


@pytest.fixture
def base_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the extras is there; that nothing asks for it earlier, test_package.py tells."""
    for name in EXTRAS:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("base_only")
@pytest.mark.parametrize(
    ("to", "extra"),
    [("keras", "keras"), ("h5", "keras"), ("safetensors", "train"), ("torch", "train")],
)
def test_what_export_needs_is_named(to: str, extra: str) -> None:
    with pytest.raises(MissingExtraError, match=rf"tenfold\[{extra}\]"):
        export_model("cnn-deep", to)  # type: ignore[arg-type]


@pytest.mark.usefixtures("base_only")
def test_a_model_file_is_exported_without_pytorch(tmp_path: Path) -> None:
    path = export_model("cnn-deep", "onnx", tmp_path / "out.onnx")
    assert path.read_bytes() == load_bundled("cnn-deep").content


@pytest.mark.usefixtures("base_only")
@pytest.mark.parametrize(
    ("content", "extra"),
    [
        (b"\x89HDF\r\n\x1a\n" + bytes(40), "keras"),
        (bytes(8) + b"{}" + bytes(40), "train"),
        (b"\x08\x08" + bytes(40), "train"),
    ],
)
def test_what_convert_needs_is_named(content: bytes, extra: str, tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(content)
    with pytest.raises(MissingExtraError, match=rf"tenfold\[{extra}\]"):
        convert_model(tmp_path / "theirs")


# Keras as it begins: it writes its settings, then imports its backend.
BEGINNING = """
import os, pathlib
folder = pathlib.Path.home() / ".keras"
folder.mkdir(exist_ok=True)
(folder / "keras.json").write_text("{}")
if os.environ["KERAS_BACKEND"] != "torch":
    raise ModuleNotFoundError("No module named 'tensorflow'")
"""


@pytest.fixture
def keras_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where a Keras that has just begun would write."""
    (tmp_path / "library" / "keras").mkdir(parents=True)
    (tmp_path / "library" / "keras" / "__init__.py").write_text(BEGINNING, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "library")
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("KERAS_HOME", raising=False)
    return tmp_path / ".keras"


def test_a_backend_that_is_not_there_is_named(
    keras_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    with pytest.raises(InputError, match=r"KERAS_BACKEND=tensorflow .*Unset KERAS_BACKEND"):
        import_keras()
    assert not keras_home.exists()


@pytest.mark.parametrize("chosen", [None, ""])
def test_keras_starts_on_pytorch_and_leaves_no_settings(
    chosen: str | None, keras_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", chosen or "")
    if chosen is None:
        monkeypatch.delenv("KERAS_BACKEND")
    import_keras()
    sys.modules.pop("keras")
    assert os.environ["KERAS_BACKEND"] == "torch"
    assert not keras_home.exists()
    keras_home.mkdir()
    (keras_home / "keras.json").write_text("mine", encoding="utf-8")
    import_keras()
    sys.modules.pop("keras")
    assert (keras_home / "keras.json").exists()
