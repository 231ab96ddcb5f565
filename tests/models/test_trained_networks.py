"""Networks that were trained to read together are found in their folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenfold import Reader
from tenfold.errors import ModelError
from tenfold.models import load_bundled_signs, networks_in
from tenfold.models.bundled import bundled_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("digits", "lines"):
        (tmp_path / f"{name}.onnx").write_bytes(bundled_file(name))
    return tmp_path


def test_a_reader_takes_them_all_and_its_confidence_holds(folder: Path) -> None:
    reader, usual = Reader(folder), Reader()
    assert reader.model.content == usual.model.content
    assert reader.lines.content == usual.lines.content
    assert reader.ink is usual.ink
    assert Reader(folder, at_accuracy=0.99).at_accuracy == 0.99


def test_ink_and_signs_are_taken_where_they_were_trained_too(folder: Path) -> None:
    found = networks_in(str(folder))
    assert found is not None
    assert (found.ink, found.signs) == (None, None)
    for name in ("ink", "signs"):
        (folder / f"{name}.onnx").write_bytes(bundled_file(name))
    found = networks_in(str(folder))
    assert found is not None
    assert found.ink is not None
    assert found.signs is not None
    reader = Reader(folder)
    assert reader.sign_model.content == found.signs.content
    assert reader.sign_model is not load_bundled_signs()


def test_a_folder_that_lacks_one_is_no_such_folder(folder: Path) -> None:
    (folder / "lines.onnx").unlink()
    assert networks_in(folder) is None
    assert networks_in("x" * 5000) is None
    with pytest.raises(ModelError, match="is a folder"):
        Reader(folder)


def test_a_damaged_file_is_named(folder: Path) -> None:
    (folder / "lines.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=str(folder)):
        Reader(folder)
