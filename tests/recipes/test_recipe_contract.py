"""What every recipe of one network promises; a new file is tested at once."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from _rounding import room
from tenfold.data import DataSet
from tenfold.models import load_model
from tenfold.networks.build import build_network
from tenfold.networks.scaling import fit_scaling, scale
from tenfold.recipes import Recipe, load_recipe, network_names, parameter_count, summarize
from tenfold.records import Settings
from tenfold.training.loop import Tensors, Trainer

# Parameters that the tutorials' own texts print or imply: all, and those that training changes.
PARAMETERS = {
    "mlp-512": (669_706, 669_706),
    "mlp-256": (218_058, 218_058),
    "cnn-baseline": (542_230, 542_230),
    "cnn-batchnorm": (542_758, 542_494),
    "cnn-deep": (159_254, 159_254),
    "mlp-128": (101_770, 101_770),
    "mlp-sigmoid": (94_494, 94_494),
}


@pytest.fixture(params=network_names())
def recipe(request: pytest.FixtureRequest) -> Recipe:
    return load_recipe(request.param)


def test_it_is_frozen_and_complete(recipe: Recipe) -> None:
    with pytest.raises(AttributeError):
        recipe.epochs = 1  # type: ignore[misc]
    assert hash(recipe) == hash(load_recipe(recipe.name))
    module = importlib.import_module(f"tenfold.recipes.{recipe.name.replace('-', '_')}")
    assert f"{parameter_count(recipe.layers):,} parameters" in (module.__doc__ or "")
    assert all([recipe.title, recipe.source, recipe.claim])
    # What a training takes is measured, or computed: no figure of it is typed.
    assert recipe.cost == ""


def test_it_survives_json(recipe: Recipe) -> None:
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_its_parameters_are_counted_right(recipe: Recipe) -> None:
    network = build_network(recipe.layers)
    trained = sum(p.numel() for p in network.parameters())
    statistics = sum(b.numel() for b in network.buffers() if b.dim())
    rows = summarize(recipe.layers)
    assert sum(row.trained for row in rows) == trained
    assert sum(row.parameters for row in rows) == trained + statistics
    assert (trained + statistics, trained) == PARAMETERS.get(
        recipe.name, (trained + statistics, trained)
    )


def test_its_summary_has_the_shapes_that_the_network_gives(recipe: Recipe) -> None:
    network = build_network(recipe.layers).eval()
    shapes, value = [], torch.zeros(2, 1, 28, 28)
    for module in network:
        value = module(value)
        shapes.append(tuple(value.shape[1:]))
    assert tuple(value.shape) == (2, 10)
    # The network may pool before it rectifies, so compare as sets.
    assert {row.shape for row in summarize(recipe.layers)[1:]} <= set(shapes)


@pytest.mark.slow
def test_it_learns_16_images_by_heart(recipe: Recipe, drawn: DataSet) -> None:
    images = drawn.train[:16]
    torch.manual_seed(0)
    if recipe.schedule is not None:
        # The rate that a schedule only touches is too high to stay at.
        recipe = recipe.changed({"learning_rate": recipe.optimizer.learning_rate / 10})
    scaling = fit_scaling(recipe, images.images)
    trainer = Trainer(recipe, scaling, Tensors.on("cpu", images), Settings(device="cpu"))
    for _epoch in range(400):
        trainer._step(torch.arange(16), None)
        if _epoch % 20 == 0 and trainer.evaluate(trainer.data) < (0.05, 1.0):
            break
    loss, accuracy = trainer.evaluate(trainer.data)
    # The last layer of the smallest network sees 7 numbers: it need not know all by heart.
    assert accuracy == 1 or (parameter_count(recipe.layers) < 6_000 and accuracy > 0.9)
    assert loss < 0.5


def test_what_it_saves_agrees_with_pytorch(recipe: Recipe, drawn: DataSet, tmp_path: Path) -> None:
    from tenfold.networks.onnx_export import ScaledNetwork, save_model

    torch.manual_seed(1)
    scaling = fit_scaling(recipe, drawn.train.images)
    network = ScaledNetwork(scaling, build_network(recipe.layers), recipe.shifts).eval()
    save_model(tmp_path / "model.onnx", network, make_card(recipe, network))
    images = drawn.test.images[:50]
    with torch.no_grad():
        expected = network(torch.from_numpy(images[:, None] / np.float32(255)))
    model = load_model(tmp_path / "model.onnx")
    atol = room(network, images[:, None] / np.float32(255))
    np.testing.assert_allclose(model.logits(images), expected.numpy(), rtol=0, atol=atol)
    # A probability moves by at most half of what its logits do.
    np.testing.assert_allclose(
        model.predict_proba(images), expected.softmax(1).numpy(), rtol=0, atol=atol
    )


def make_card(recipe: Recipe, network: torch.nn.Module) -> msgspec.Struct:
    from tenfold.models import Card, Probe
    from tenfold.networks.onnx_export import probe_logits

    return Card(
        name=recipe.name,
        classes=tuple("0123456789"),
        placement={},
        scaling={},
        recipe=recipe.to_dict(),
        training={},
        data={},
        scores={},
        versions={},
        license="MIT",
        probe=Probe(probe_logits(network)),
    )


def test_its_loss_at_the_start_is_that_of_guessing(recipe: Recipe, drawn: DataSet) -> None:
    torch.manual_seed(2)
    scaling = fit_scaling(recipe, drawn.train.images)
    network = build_network(recipe.layers).eval()
    data = Tensors.on("cpu", drawn.test)
    with torch.no_grad():
        loss = cross_entropy(network(scale(data.images, scaling)), data.labels).item()
    assert np.log(10) * 0.8 < loss < np.log(10) * 1.8
