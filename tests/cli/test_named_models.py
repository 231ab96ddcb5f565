"""A model as commands are given it: by its file, by its run's folder, or by a bundled name."""

from __future__ import annotations

from pathlib import Path

import pytest

from _commands import Tenfold
from _tiny_models import tiny_model
from tenfold.cli._models import trained_file

SEVEN = Path(__file__).parents[2] / "examples" / "pictures" / "seven-blue-ink.png"


@pytest.fixture
def mine() -> Path:
    """The file of a model in a run's folder."""
    path = Path("runs", "mine", "model.onnx")
    path.parent.mkdir(parents=True)
    path.write_bytes(tiny_model())
    return path


def test_a_folder_stands_for_the_model_in_it(mine: Path, tenfold: Tenfold) -> None:
    by_folder = tenfold("read", "--model", str(mine.parent), str(SEVEN), "--json")
    assert by_folder.code == 0
    assert by_folder == tenfold("read", "--model", str(mine), str(SEVEN), "--json")


@pytest.mark.parametrize(
    "words",
    [("read", "--model", "mine", "7.png"), ("predict", "mine", "mnist"), ("evaluate", "mine")],
)
def test_a_run_s_name_alone_is_answered_with_its_file(
    words: tuple[str, ...], mine: Path, tenfold: Tenfold
) -> None:
    message = f"Error: There is no model file mine. Did you mean '{mine}'?\n"
    assert tenfold(*words) == (1, "", message)


def test_a_bundled_name_is_no_folder_of_that_name() -> None:
    Path("digits").mkdir()
    Path("digits", "model.onnx").touch()
    assert trained_file("digits") == "digits"
    assert trained_file("./digits") == str(Path("digits", "model.onnx"))
