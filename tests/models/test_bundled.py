"""The models that come with Tenfold, by name."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

import tenfold
from tenfold.errors import ModelError
from tenfold.models import bundled_names, load_bundled, open_model
from tenfold.recipes import decisive

FILES = resources.files("tenfold.models").joinpath("files")
SEVEN = Path(__file__).parents[2] / "examples" / "pictures" / "seven-blue-ink.png"


def test_their_names() -> None:
    assert bundled_names() == ("champion", "cnn-deep", "digits")


@pytest.mark.parametrize("name", bundled_names())
def test_each_opens_by_name_and_reads(name: str) -> None:
    model = open_model(name)
    assert model is load_bundled(name)
    assert tenfold.Reader(name).read(SEVEN).text == "7"


def test_the_champion_is_its_recipe_trained_with_the_first_seed() -> None:
    card = open_model("champion").card
    assert decisive(tenfold.Recipe.from_dict(card.recipe)) == decisive(
        tenfold.load_recipe("champion")
    )
    assert card.training["seed"] == 0
    assert card.scores["test"]["count"] == 10_000
    assert card.scores["test"]["accuracy"] > 0.995


def test_a_file_opens_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.onnx"
    path.write_bytes(FILES.joinpath("champion.onnx").read_bytes())
    assert open_model(path).card == open_model("champion").card
    assert path.stat().st_size < 4_000_000


def test_a_name_that_is_neither_is_an_error() -> None:
    with pytest.raises(ModelError, match="no model file grandmaster"):
        open_model("grandmaster")


def test_a_folder_is_an_error_that_names_the_model_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "mine"
    folder.mkdir(parents=True)
    with pytest.raises(ModelError, match=rf"no model file \(.onnx\) in the folder {folder}\."):
        open_model(folder)
    for name in ("best.onnx", "model.onnx", "weights.safetensors"):
        (folder / name).touch()
    with pytest.raises(ModelError, match=rf"name the model in it: {folder / 'model.onnx'}$"):
        open_model(str(folder))
    # A run's name alone, where runs are.
    with pytest.raises(ModelError, match=r"mine\. Did you mean 'runs/mine/model\.onnx'\?"):
        open_model("mine")
