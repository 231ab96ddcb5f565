"""What the tutorials' own code saved with real Keras is a model here, to the last digit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from _rounding import probability_room
from tenfold.data import DataSet
from tenfold.exchange import convert_model
from tenfold.exchange._network import from_model
from tenfold.exchange.formats._keras.file import read_archive, read_h5
from tenfold.exchange.formats._keras.network import keras_network
from tenfold.insight import layers_of, open_network
from tenfold.models import load_model
from tenfold.recipes import Recipe, load_recipe
from tenfold.web.catalog import Catalog

# Keras 3.15 asks PyTorch's parameters for arrays in a way that NumPy 2 will stop to admit.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

READERS = {".h5": read_h5, ".keras": read_archive}
NAMES = ("cnn-baseline", "cnn-batchnorm", "cnn-deep", "mlp-512", "mlp-256", "mlp-sigmoid")


def answers(keras: Any, path: Any, given: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """What Keras itself makes of the file."""
    return np.asarray(keras.models.load_model(path).predict(given, verbose=0))


@pytest.mark.parametrize("ending", [".h5", ".keras"])
@pytest.mark.parametrize("name", NAMES)
def test_a_tutorials_model_answers_here_as_in_keras(
    name: str, ending: str, keras: Any, tutorial: Callable[[str], Any], drawn: DataSet
) -> None:
    saved = tutorial(name)
    path = saved.folder / f"final_model{ending}"
    file = READERS[ending](path.read_bytes())
    network, card = keras_network(file, path.name, "", saved.pixels)
    images = drawn.test.images[:64]
    with torch.no_grad():
        logits = network(torch.from_numpy(images[:, None] / np.float32(255)))
    expected = answers(keras, path, saved.given(images))
    room = probability_room(network, images[:, None] / np.float32(255))
    np.testing.assert_allclose(logits.softmax(1).numpy(), expected, rtol=0, atol=room)
    # The layers are those of the recipe that retells the tutorial, but for how weights began.
    recipe, known = Recipe.from_dict(card.recipe), load_recipe(name)
    said = [str(layer).replace("he_uniform", "glorot_uniform") for layer in recipe.layers]
    assert said == [str(x).replace("he_uniform", "glorot_uniform") for x in known.layers]
    assert recipe.scaling == known.scaling
    assert type(recipe.optimizer) is type(known.optimizer)
    assert recipe.optimizer.learning_rate == known.optimizer.learning_rate


def test_final_model_h5_becomes_a_model_file(
    keras: Any, tutorial: Callable[[str], Any], drawn: DataSet, tmp_path: Any
) -> None:
    saved = tutorial("cnn-deep")
    path = saved.folder / "final_model.h5"
    out = convert_model(path, tmp_path / "model.onnx")
    model = load_model(out)
    images = drawn.test.images[:64]
    expected = answers(keras, path, saved.given(images))
    room = probability_room(from_model(model).scaled(), images[:, None] / np.float32(255))
    np.testing.assert_allclose(model.predict_proba(images), expected, rtol=0, atol=room)
    card = model.card
    assert card.name == "final-model"
    assert card.training["converted_from"] == "final_model.h5"
    assert card.training["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert card.training["software"] == f"keras {keras.__version__}"
    assert card.training["pixels_assumed"]
    assert card.scaling["name"] == "normalize"


@pytest.mark.parametrize("name", ["cnn-batchnorm", "mlp-512"])
def test_a_converted_model_is_served_and_looked_into(
    name: str, tutorial: Callable[[str], Any], drawn: DataSet, tmp_path: Any
) -> None:
    path = tutorial(name).folder / "final_model.h5"
    model = load_model(convert_model(path, tmp_path / "runs" / "mine" / "model.onnx"))
    catalog = Catalog(tmp_path / "runs")
    catalog.refresh()
    assert catalog.describe()[-1]["name"] == "mine"
    image = drawn.test.images[:1] / np.float32(255)
    served = catalog.get("mine")
    np.testing.assert_array_equal(served.predict(image), model.predict(image))
    layers = Recipe.from_dict(model.card.recipe).layers
    shown = layers_of(open_network(served), image[0])
    assert any(layer.kind == "convolution" for layer in shown) == (name == "cnn-batchnorm")
    assert len(shown) <= len(layers)


def test_a_model_of_raw_pixels_is_one_where_that_is_said(
    keras: Any, tutorial: Callable[[str], Any], drawn: DataSet, tmp_path: Any
) -> None:
    saved = tutorial("mlp-sigmoid")
    path = saved.folder / "final_model.keras"
    images = drawn.test.images[:64]
    expected = answers(keras, path, saved.given(images))
    said = load_model(convert_model(path, tmp_path / "said.onnx", "bytes"))
    room = probability_room(from_model(said).scaled(), images[:, None] / np.float32(255))
    np.testing.assert_allclose(said.predict_proba(images), expected, rtol=0, atol=room)
    assert said.card.scaling == {"name": "raw", "offset": 0.0, "factor": 1.0}
    assert not said.card.training["pixels_assumed"]
