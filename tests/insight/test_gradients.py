"""What is seen inside a network, against the saved model and against the weights by hand."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from _rounding import UNIT, probability_room, room
from tenfold.data import DataSet
from tenfold.errors import InputError, ModelError, RunError
from tenfold.insight.gradients import Inspection
from tenfold.models import load_model
from tenfold.recipes import SGD, BatchNorm, Conv, Dense, Dropout, Flatten, Layer, MaxPool, Recipe
from tenfold.records import Run
from tenfold.training import Silence, train

LAST = Dense(10, activation="linear")
NETWORKS: dict[str, tuple[Layer, ...]] = {
    "conv": (
        Conv(6, 5),
        MaxPool(2),
        Conv(4, 3, activation="linear"),
        BatchNorm(momentum=0.5),
        MaxPool(3),
        Flatten(),
        Dropout(0.5),
        LAST,
    ),
    "dense": (Flatten(), Dense(12, activation="sigmoid"), BatchNorm(momentum=0.5), LAST),
    "pooled": (MaxPool(2), Flatten(), Dense(5), LAST),
}


@pytest.fixture(scope="module")
def runs(drawn: DataSet, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """One short run of each network."""
    folder = tmp_path_factory.mktemp("runs")
    done = {}
    for name, layers in NETWORKS.items():
        recipe = Recipe(
            name=name,
            title=name,
            layers=layers,
            scaling="standardize",
            optimizer=SGD(learning_rate=0.05),
            epochs=1,
        )
        done[name] = train(recipe, drawn, run=folder / name, threads=1, observer=Silence())
    return done


@pytest.fixture(params=NETWORKS)
def run(request: pytest.FixtureRequest, runs: dict[str, Run]) -> Run:
    return runs[request.param]


def test_the_answers_are_the_saved_models(run: Run, drawn: DataSet) -> None:
    inside, model = Inspection(run), load_model(run.model_path)
    images = drawn.test.images
    expected = model.predict_proba(images)
    atol = probability_room(inside._asked, images[:, None] / np.float32(255))
    np.testing.assert_allclose(inside.probabilities(images), expected, rtol=0, atol=atol)
    for image, row in zip(images[:3], expected, strict=False):
        *_layers, (name, answer) = inside.activations(image)
        assert name == "Softmax"
        np.testing.assert_allclose(answer, row, rtol=0, atol=atol)


def test_each_layer_is_seen_with_its_activation(runs: dict[str, Run], drawn: DataSet) -> None:
    image = drawn.test.images[0]
    seen = Inspection(runs["conv"]).activations(image)
    assert [(name, values.shape) for name, values in seen] == [
        ("Conv 5×5, 6, ReLU", (6, 24, 24)),
        ("MaxPool 2×2", (6, 12, 12)),
        ("Conv 3×3, 4", (4, 10, 10)),
        ("BatchNorm", (4, 10, 10)),
        ("MaxPool 3×3", (4, 3, 3)),
        ("Dense 10", (10,)),
        ("Softmax", (10,)),
    ]
    maps = seen[0][1]
    assert maps.min() == 0 < maps.max()
    # The first map by hand: the weights slid over the scaled picture, and ReLU.
    weights = load_file(runs["conv"].weights_path)
    scaling = load_model(runs["conv"].model_path).card.scaling
    scaled = (image.astype(np.float64) - scaling["offset"]) * scaling["factor"]
    windows = np.lib.stride_tricks.sliding_window_view(scaled, (5, 5))
    products = windows * weights["0.weight"][0, 0]
    by_hand = products.sum(axis=(2, 3)) + weights["0.bias"][0]
    # A sum of 25 products, a bias and two steps of scaling round 28 times.
    atol = 28 * UNIT * np.abs(products).sum(axis=(2, 3)).max()
    np.testing.assert_allclose(maps[0], np.maximum(by_hand, 0), rtol=0, atol=atol)
    blocks = maps.reshape(6, 12, 2, 12, 2).max(axis=(2, 4))
    np.testing.assert_array_equal(seen[1][1], blocks)


def test_first_weights_are_pictures(runs: dict[str, Run]) -> None:
    for name, key, shape in (
        ("conv", "0.weight", (6, 5, 5)),
        ("dense", "1.weight", (12, 28, 28)),
        ("pooled", "2.weight", (5, 14, 14)),
    ):
        weights = Inspection(runs[name].folder).first_weights()
        assert weights.shape == shape
        expected = load_file(runs[name].weights_path)[key]
        np.testing.assert_array_equal(weights.ravel(), expected.ravel())


def test_features_times_the_last_weights_are_the_logits(run: Run, drawn: DataSet) -> None:
    images = drawn.test.images
    features = Inspection(run).features(images)
    weights = load_file(run.weights_path)
    last = max((key for key in weights if key.endswith(".weight")), key=lambda k: int(k[:-7]))
    logits = features @ weights[last].T + weights[last.replace("weight", "bias")]
    atol = room(Inspection(run)._asked, images[:, None] / np.float32(255))
    expected = load_model(run.model_path).logits(images)
    np.testing.assert_allclose(logits, expected, rtol=0, atol=atol)


def test_saliency_is_the_slope_of_the_logit(runs: dict[str, Run], drawn: DataSet) -> None:
    # A smooth network, so that a small step measures the slope.
    inside, model = Inspection(runs["dense"]), load_model(runs["dense"].model_path)
    image = np.clip(drawn.test.images[1] / 255, 0.1, 0.9).astype(np.float32)
    step = 0.02
    for digit in (None, 3):
        slopes = inside.saliency(image, digit)
        chosen = int(model.predict(image)[0]) if digit is None else digit
        for row, column in ((14, 14), (7, 12), (20, 9), (0, 0)):
            moved = np.stack([image, image])
            moved[:, row, column] += (-step, step)
            low, high = model.logits(moved)[:, chosen]
            assert slopes[row, column] == pytest.approx((high - low) / (2 * step), abs=2e-3)
    assert np.abs(slopes).max() > 0.02


def test_any_form_of_image_will_do(runs: dict[str, Run], drawn: DataSet) -> None:
    inside, image = Inspection(runs["conv"]), drawn.test.images[0]
    expected = inside.saliency(image)
    for form in (image[None], image[None, None], (image / 255).astype(np.float32)):
        np.testing.assert_allclose(inside.saliency(form), expected, atol=1e-4)


def test_looking_changes_nothing(runs: dict[str, Run], drawn: DataSet) -> None:
    inside, images = Inspection(runs["conv"]), drawn.test.images[:5]
    before = inside.probabilities(images)
    inside.first_weights()[:] = 7
    for _name, values in inside.activations(images[0]):
        values[:] = 7
    inside.saliency(images[0])[:] = 7
    np.testing.assert_array_equal(inside.probabilities(images), before)


@pytest.mark.parametrize(
    "image",
    [np.zeros((27, 28)), np.zeros((2, 28, 28)), np.full((28, 28), np.nan), "seven", None, [[1]]],
)
def test_what_is_not_one_image_is_refused(runs: dict[str, Run], image: Any) -> None:
    inside = Inspection(runs["conv"])
    with pytest.raises(InputError, match="Received"):
        inside.activations(image)
    with pytest.raises(InputError, match="Received"):
        inside.saliency(image)


@pytest.mark.parametrize("digit", [-1, 10])
def test_there_are_ten_digits(runs: dict[str, Run], drawn: DataSet, digit: int) -> None:
    with pytest.raises(InputError, match="0 to 9"):
        Inspection(runs["conv"]).saliency(drawn.test.images[0], digit)


def copied(run: Run, folder: Path) -> Run:
    return Run(shutil.copytree(run.folder, folder / "copy"))


def test_a_folder_without_a_finished_run_is_refused(runs: dict[str, Run], tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not finished, or there is none"):
        Inspection(tmp_path)
    run = copied(runs["conv"], tmp_path)
    run.weights_path.unlink()
    with pytest.raises(RunError, match=r"has no weights\.safetensors"):
        Inspection(run)
    run.model_path.unlink()
    with pytest.raises(ModelError, match="There is no model file"):
        Inspection(run)


def test_damaged_weights_are_refused(runs: dict[str, Run], tmp_path: Path) -> None:
    run = copied(runs["conv"], tmp_path)
    whole = run.weights_path.read_bytes()
    for content in (b"", whole[:-40], b"\xff" * 64, whole[8:]):
        run.weights_path.write_bytes(content)
        with pytest.raises(RunError, match="is damaged"):
            Inspection(run)


def test_weights_of_another_network_or_training_are_refused(
    runs: dict[str, Run], tmp_path: Path
) -> None:
    run = copied(runs["conv"], tmp_path)
    shutil.copy(runs["dense"].weights_path, run.weights_path)
    with pytest.raises(RunError, match="of another network"):
        Inspection(run)
    weights = load_file(runs["conv"].weights_path)
    save_file(weights | {"0.weight": weights["0.weight"] + 1}, run.weights_path)
    with pytest.raises(RunError, match="not of one training"):
        Inspection(run)


def test_a_damaged_plan_is_refused(runs: dict[str, Run], tmp_path: Path) -> None:
    run = copied(runs["conv"], tmp_path)
    (run.folder / "run.json").write_text('{"recipe": 3}')
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        Inspection(run)
