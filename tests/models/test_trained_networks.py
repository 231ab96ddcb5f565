"""Networks that were trained to read together are found in their folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenfold import Reader
from tenfold.errors import ModelError
from tenfold.models import networks_in
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


def test_ink_is_taken_where_it_was_trained_too(folder: Path) -> None:
    (folder / "ink.onnx").write_bytes(bundled_file("ink"))
    found = networks_in(str(folder))
    assert found is not None
    assert found.ink is not None


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
