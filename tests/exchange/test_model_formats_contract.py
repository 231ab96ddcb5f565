"""Every format of the registry keeps the same promises; a new file there is tested at once."""

from __future__ import annotations

import sys
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from _networks import random_network

from tenfold.cli import main
from tenfold.cli._models import model_file
from tenfold.errors import InputError, MissingExtraError, ModelError
from tenfold.exchange import convert_model, export_model
from tenfold.exchange._source import Source, read_source
from tenfold.exchange.formats import endings, formats, readable, written_formats
from tenfold.models import Model, load_model
from tenfold.networks.onnx_export import save_model

NAMES = sorted(formats())
WRITTEN = sorted(written_formats())
FIXED = [name for name in WRITTEN if hasattr(formats()[name], "fixed")]
NEEDED = ("torch", "onnx", "safetensors", "keras", "h5py")
EXTRAS = {"Keras": "keras"}
"""What is to be installed for a maker's files, where it is not "train"."""

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model file."""
    path = tmp_path_factory.mktemp("model") / "model.onnx"
    network = random_network("dense", "standardize")
    save_model(path, network.scaled(), network.card)
    return path


@pytest.fixture(scope="module")
def model(file: Path) -> Model:
    return load_model(file)


@pytest.fixture
def base_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the extras is there; that nothing asks for it earlier, test_package.py tells."""
    for name in NEEDED:
        monkeypatch.setitem(sys.modules, name, None)


def recognized(source: Source) -> list[str]:
    return [name for name in NAMES if formats()[name].sniff(source)]


@pytest.mark.parametrize("name", NAMES)
def test_interface_is_complete(name: str) -> None:
    form = formats()[name]
    assert form.MAKER in readable()
    assert form.ENDINGS
    assert all(ending[0] == "." and ending == ending.lower() for ending in form.ENDINGS)
    assert name in WRITTEN or not hasattr(form, "fixed")


def test_no_two_formats_share_an_ending() -> None:
    assert len(set(endings())) == len(endings())


@pytest.mark.parametrize("content", [b"", b"\x08", b"Dear diary,\n{}", bytes(4096), b"\x89HDF"])
def test_nothing_is_recognized_in_odd_bytes(content: bytes) -> None:
    found = recognized(Source(Path("odd"), content))
    # ONNX files have no mark but their first byte.
    assert found == (["onnx"] if content == b"\x08" else [])


@pytest.mark.usefixtures("keras")
@pytest.mark.parametrize(
    "name",
    # PyTorch's exporter takes seconds.
    [pytest.param(name, marks=pytest.mark.slow) if name == "torch" else name for name in WRITTEN],
)
def test_what_is_written_is_recognized_as_that_alone_and_comes_back(
    name: str, file: Path, model: Model, tmp_path: Path
) -> None:
    path = export_model(file, name, tmp_path / f"theirs{formats()[name].ENDINGS[0]}")
    assert recognized(read_source(path)) == [name]
    if name != "onnx":
        # One of ours as it is, and opened so.
        with pytest.raises(ModelError, match="tenfold convert"):
            load_model(path)
        path = convert_model(path)
    images = np.random.default_rng(0).random((4, 28, 28), np.float32)
    wanted = model.predict_proba(images)
    np.testing.assert_allclose(load_model(path).predict_proba(images), wanted, atol=1e-5)


@pytest.mark.usefixtures("base_only")
@pytest.mark.parametrize("name", NAMES)
def test_what_it_needs_is_named(name: str, model: Model) -> None:
    form = formats()[name]
    extra = EXTRAS.get(form.MAKER, "train")
    assert extra in (metadata("tenfold").get_all("Provides-Extra") or [])
    with pytest.raises(MissingExtraError, match=rf"tenfold\[{extra}\]"):
        form.read(Source(Path("theirs"), b""), None)
    if name == "onnx":
        assert written_formats()[name].write(model, "unit") == model.content
    elif name in WRITTEN:
        with pytest.raises(MissingExtraError, match=rf"tenfold\[{extra}\]"):
            written_formats()[name].write(model, "unit")


@pytest.mark.parametrize("name", FIXED)
def test_where_pixels_cannot_be_chosen_it_is_said_why(name: str, file: Path) -> None:
    others = ", ".join(other for other in WRITTEN if other not in FIXED)
    form: Any = formats()[name]
    expected = f"--to {name}; expected one of {others}: {form.fixed()}"
    with pytest.raises(InputError, match=expected):
        export_model(file, name, None, "bytes")


@pytest.mark.parametrize("ending", endings())
def test_commands_convert_what_is_called_so(ending: str, tmp_path: Path) -> None:
    text = str(tmp_path / f"MISSING{ending.upper()}")
    if ending == ".onnx":
        assert model_file(text) == text
        return
    with pytest.raises(ModelError, match="There is no model file"):
        model_file(text)


def test_what_is_in_no_format_is_told_of_all(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"Dear diary")
    with pytest.raises(ModelError) as caught:
        convert_model(tmp_path / "model.bin")
    assert all(ending in str(caught.value) for ending in endings())


@pytest.mark.parametrize(
    ("command", "words"), [("export", WRITTEN), ("convert", endings())], ids=["export", "convert"]
)
def test_help_names_all(command: str, words: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    shown = capsys.readouterr().out
    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize("page", ["formats-of-models.md", "formats-of-models.zh-CN.md"])
def test_documentation_names_every_format(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert f"--to {'|'.join(WRITTEN)} " in text
    assert [name for name in WRITTEN if f"\n| `{name}` |" not in text] == []
    assert [ending for ending in endings() if f"`{ending}`" not in text] == []
