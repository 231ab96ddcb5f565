"""A saved model: what it answers, and what it refuses to be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from _rounding import UNIT, probability_room, room
from tenfold.data import DataSet
from tenfold.errors import InputError, ModelError
from tenfold.exchange._network import from_model
from tenfold.models import CARD_KEY, Card, Model, Probe, load_model
from tenfold.models.scaling import PixelScaling
from tenfold.models.session import check_answer
from tenfold.networks.build import build_network
from tenfold.networks.onnx_export import ScaledNetwork, probe_logits, save_model
from tenfold.recipes import load_recipe


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained mlp-128 as a model file."""
    torch.manual_seed(0)
    recipe = load_recipe("mlp-128")
    scaling = PixelScaling("normalize", 0.0, 1 / 255)
    network = ScaledNetwork(scaling, build_network(recipe.layers), recipe.shifts).eval()
    card = Card(
        name="test",
        classes=tuple("0123456789"),
        placement={"size": 28},
        scaling=scaling.to_dict(),
        recipe=recipe.to_dict(),
        training={"seed": 0},
        data={},
        scores={},
        versions={},
        license="MIT",
        probe=Probe(probe_logits(network)),
    )
    path = tmp_path_factory.mktemp("model") / "model.onnx"
    save_model(path, network, card)
    return path


@pytest.fixture
def model(saved: Path) -> Model:
    return load_model(saved)


def test_all_shapes_and_dtypes_of_an_image_give_the_same(model: Model, drawn: DataSet) -> None:
    images = drawn.test.images[:3]
    expected = model.predict_proba(images)
    assert expected.shape == (3, 10)
    assert expected.dtype == np.float32
    # Ten shares, each divided and added.
    np.testing.assert_allclose(expected.sum(axis=1), 1, rtol=20 * UNIT)
    atol = probability_room(from_model(model).scaled(), images[:, None] / np.float32(255))
    for same in (images[:, None], images / 255, (images / np.float32(255))[:, None]):
        np.testing.assert_allclose(model.predict_proba(same), expected, rtol=0, atol=atol)
    alone = model.predict_proba(images[0])
    np.testing.assert_allclose(alone, expected[:1], rtol=0, atol=atol)
    assert model.predict(images).tolist() == expected.argmax(axis=1).tolist()


def test_many_images_are_answered_as_each_alone(model: Model, drawn: DataSet) -> None:
    images = drawn.train.images[:1100]
    together = model.predict_proba(images)
    (alone,) = model.predict_proba(images[1050])
    pixels = images[1050, None, None] / np.float32(255)
    atol = probability_room(from_model(model).scaled(), pixels)
    np.testing.assert_allclose(together[1050], alone, rtol=0, atol=atol)
    assert model.predict_proba(images[:0]).shape == (0, 10)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((28, 27), np.uint8),
        np.zeros((2, 3, 28, 28), np.uint8),
        np.zeros(784, np.uint8),
        np.zeros((28, 28), np.int64),
        np.zeros((28, 28), bool),
        np.full((28, 28), 1.5),
        np.full((28, 28), -0.1),
        np.full((28, 28), np.nan),
        np.full((28, 28), np.inf),
        "text",
        np.array([["a"] * 28] * 28),
    ],
)
def test_other_images_are_refused_with_what_was_received(model: Model, images: object) -> None:
    with pytest.raises(InputError, match="Received"):
        model.predict_proba(images)  # type: ignore[arg-type]


def test_the_card_comes_back(model: Model) -> None:
    assert model.card.name == "test"
    assert model.card.classes == tuple("0123456789")
    assert model.card.recipe["layers"][1]["units"] == 128
    assert Card.from_json(model.card.to_json()) == model.card


def test_the_file_needs_no_tenfold(saved: Path, model: Model, drawn: DataSet) -> None:
    # What anyone gets from the file alone: pixels / 255 in, logits out.
    import onnxruntime

    session = onnxruntime.InferenceSession(saved, providers=["CPUExecutionProvider"])
    pixels = (drawn.test.images[:2, None] / 255).astype(np.float32)
    (logits,) = session.run(None, {"images": pixels})
    expected = model.logits(drawn.test.images[:2])
    atol = room(from_model(model).scaled(), pixels)
    np.testing.assert_allclose(logits, expected, rtol=0, atol=atol)


def changed(saved: Path, **changes: object) -> bytes:
    """The model's bytes with its weights scaled or its card replaced."""
    proto = onnx.load(saved)
    if "scale" in changes:
        weight = next(w for w in proto.graph.initializer if len(w.dims) == 2)
        values = onnx.numpy_helper.to_array(weight) * changes["scale"]
        weight.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float32), weight.name))
    if "card" in changes:
        onnx.helper.set_model_props(proto, {CARD_KEY: str(changes["card"])})
    if "no_card" in changes:
        del proto.metadata_props[:]
    if "output" in changes:
        proto.graph.node[-1].output[0] = proto.graph.output[0].name = "other"
    return proto.SerializeToString()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scale": 1.5}, "does not answer as its card says"),
        ({"card": "{}"}, "card is damaged"),
        ({"card": "not json"}, "card is damaged"),
        ({"no_card": True}, "carries no card"),
        ({"output": True}, "inputs and outputs are"),
    ],
)
def test_a_changed_model_is_noticed(
    saved: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    path = tmp_path / "changed.onnx"
    path.write_bytes(changed(saved, **change))
    with pytest.raises(ModelError, match=f"changed.onnx: .*{message}"):
        load_model(path)


def test_an_answer_is_compared_by_the_size_of_the_largest_logit() -> None:
    check_answer(np.array([1000, 0.4], np.float32), Probe((1000.3, 0.0)))
    for logits in ((1000.3, 2.0), (0.4, 0.0), (np.inf, 0.4), (np.nan, 0.4), (1000.0,)):
        with pytest.raises(ModelError, match="does not answer as its card says"):
            check_answer(np.array([1000, 0.4], np.float32), Probe(logits))


@pytest.mark.parametrize("content", [b"", b"hello", b"\x08\x0a" * 100, bytes(10_000)])
def test_bytes_that_are_no_model_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "junk.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"junk\.onnx"):
        load_model(tmp_path / "junk.onnx")


def test_a_cut_off_model_is_refused(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.999):
        (tmp_path / "cut.onnx").write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(ModelError):
            load_model(tmp_path / "cut.onnx")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model file .*nowhere\.onnx"):
        load_model(tmp_path / "nowhere.onnx")
    with pytest.raises(ModelError, match="no model file"):
        load_model(tmp_path)
