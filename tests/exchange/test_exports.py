"""What is exported, loaded by the libraries that it is for, answers as the model does."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
import torch
from _networks import random_network
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from safetensors import safe_open
from safetensors.torch import load

import tenfold
from _rounding import probability_room, room
from tenfold.errors import InputError, ModelError, RunError, UnknownNameError
from tenfold.exchange import convert_model, export_model, is_pair
from tenfold.exchange._archive import opened_archive
from tenfold.exchange._network import Network, from_model, from_weights
from tenfold.exchange._pixels import scaling_for, taken_by
from tenfold.exchange.formats._keras.names import keras_order
from tenfold.exchange.formats._keras.told import told_pixels
from tenfold.exchange.formats._keras.writer import keras_model, written_keras
from tenfold.exchange.formats._safetensors import read_safetensors, written_safetensors
from tenfold.exchange.formats._torch import read_program, written_program
from tenfold.models import CARD_KEY, Card, load_bundled, load_model
from tenfold.networks.onnx_export import save_model
from tenfold.recipes import Recipe

UNIT = np.random.default_rng(11).random((6, 28, 28), np.float32)
TAKEN = ("unit", "bytes", "scaled")


def taken(network: Network, pixels: str) -> npt.NDArray[np.float32]:
    """The images as a model that takes such pixels is given them, [N, 28, 28]."""
    own = network.scaling
    scaled = (UNIT * 255 - np.float32(own.offset)) * np.float32(own.factor)
    return {"unit": UNIT, "bytes": UNIT * 255, "scaled": scaled}[pixels]


def expected(network: Network) -> npt.NDArray[np.float32]:
    with torch.no_grad():
        answers = network.scaled()(torch.from_numpy(UNIT[:, None])).softmax(1)
    assert answers.std(0).max() > 0.003
    return answers.numpy()


def apart(network: Network) -> float:
    """How far what is expected may lie from what another library answers."""
    return probability_room(network.scaled(), UNIT[:, None])


CASES = [
    ("convolutions", "standardize", 0),
    ("convolutions", "normalize", 1),
    ("dense", "raw", 0),
    ("dense", "standardize", 1),
]
SLOWLY = [
    CASES[0],
    *(pytest.param(*case, marks=pytest.mark.slow) for case in CASES[1:3]),
    CASES[3],
]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(("layers", "scaling", "shifts"), SLOWLY)
@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_keras_loads_it_and_answers_the_same(
    ending: str, layers: str, scaling: str, shifts: int, keras: Any, tmp_path: Path
) -> None:
    network = random_network(layers, scaling, shifts)
    for pixels in TAKEN[: 2 if shifts and scaling == "standardize" else 3]:
        path = tmp_path / f"model.{ending}"
        path.write_bytes(
            written_keras(network, scaling_for(network, pixels), ending, taken_by(network, pixels))
        )
        model = keras.models.load_model(path, safe_mode=True, compile=False)
        assert model.input_shape == (None, 28, 28, 1)
        found = model.predict(taken(network, pixels)[..., None], verbose=0)
        np.testing.assert_allclose(found, expected(network), rtol=0, atol=apart(network))


@pytest.mark.parametrize(("layers", "scaling", "shifts"), SLOWLY)
def test_pytorch_loads_it_and_answers_the_same(layers: str, scaling: str, shifts: int) -> None:
    network = random_network(layers, scaling, shifts)
    for pixels in TAKEN[: 2 if shifts and scaling == "standardize" else 3]:
        content = written_program(network, scaling_for(network, pixels))
        found: dict[str, str] = {CARD_KEY: ""}
        program = torch.export.load(io.BytesIO(content), extra_files=found)
        given = torch.from_numpy(taken(network, pixels)[:, None])
        for count in (1, 6):
            answers = program.module()(given[:count]).softmax(1).detach().numpy()
            np.testing.assert_allclose(
                answers, expected(network)[:count], rtol=0, atol=apart(network)
            )
        assert Card.from_json(found[CARD_KEY]) == network.card
        again = read_program(opened_archive(content))
        assert same_weights(again, network)


def same_weights(one: Network, other: Network) -> bool:
    """Whether two networks are of the same weights, bit for bit."""
    mine, theirs = one.body.state_dict(), other.body.state_dict()
    kept = [name for name in theirs if not name.endswith("num_batches_tracked")]
    return mine.keys() == theirs.keys() and all(torch.equal(mine[n], theirs[n]) for n in kept)


def test_safetensors_opens_it(tmp_path: Path) -> None:
    network = random_network("convolutions", "standardize")
    path = tmp_path / "model.safetensors"
    path.write_bytes(written_safetensors(network))
    with safe_open(path, "pt") as file:
        card = Card.from_json(file.metadata()[CARD_KEY])
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 # no dict
    assert Recipe.from_dict(card.recipe).layers == network.layers
    assert same_weights(from_weights(card, weights), network)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.sampled_from(CASES), some.integers(0, 2**32 - 1))
def test_weights_come_back_bit_for_bit(case: tuple[str, str, int], seed: int) -> None:
    network = random_network(*case, seed)
    again = read_safetensors(written_safetensors(network))
    assert same_weights(again, network)
    assert (again.card, again.layers, again.scaling) == (
        network.card,
        network.layers,
        network.scaling,
    )


@given(some.tuples(*[some.integers(1, 6)] * 3))
def test_kerass_order_of_a_flattened_map(shape: tuple[int, int, int]) -> None:
    here = np.random.default_rng(0).random(shape)
    kerass = here.transpose(1, 2, 0).ravel()
    np.testing.assert_array_equal(kerass[keras_order(shape)], here.ravel())


@pytest.fixture(scope="module")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file with normalizations and shifts."""
    path = tmp_path_factory.mktemp("model") / "model.onnx"
    network = random_network("convolutions", "standardize", shifts=1)
    save_model(path, network.scaled(), network.card)
    return path


def test_the_network_in_a_model_file_is_the_one_that_was_written(model_file: Path) -> None:
    written = random_network("convolutions", "standardize", shifts=1).body.state_dict()
    network = from_model(load_model(model_file))
    found = network.body.state_dict()
    for name in written.keys() - {each for each in written if each.endswith("batches_tracked")}:
        assert torch.equal(found[name], written[name]), name


def test_a_model_file_says_nothing_of_where_it_was_written(model_file: Path) -> None:
    content = model_file.read_bytes()
    for place in (Path(tenfold.__file__).parent, Path(torch.__file__).parent, Path.home()):
        assert str(place).encode() not in content


def test_onnx_is_the_model_file_itself(model_file: Path, tmp_path: Path) -> None:
    path = export_model(model_file, "onnx", tmp_path / "a" / "copy.onnx")
    assert path.read_bytes() == model_file.read_bytes()
    session = onnxruntime.InferenceSession(path)
    (logits,) = session.run(["logits"], {"images": UNIT[:, None]})
    model = load_model(model_file)
    # Another session may sum by other threads.
    atol = room(from_model(model).scaled(), UNIT[:, None])
    np.testing.assert_allclose(logits, model.logits(UNIT), rtol=0, atol=atol)


@pytest.mark.parametrize("to", ["safetensors", pytest.param("torch", marks=pytest.mark.slow)])
def test_what_was_exported_is_converted_back(to: Any, model_file: Path, tmp_path: Path) -> None:
    path = export_model(model_file, to, tmp_path / "model.out")
    again = load_model(convert_model(path, tmp_path / "again.onnx"))
    assert again.card == load_model(model_file).card
    np.testing.assert_allclose(
        again.predict_proba(UNIT),
        load_model(model_file).predict_proba(UNIT),
        rtol=0,
        atol=apart(from_model(again)),
    )
    with pytest.raises(InputError, match="says what pixels it takes"):
        convert_model(path, tmp_path / "again.onnx", "bytes")


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(
    "name", ["digits", "champion", pytest.param("cnn-deep", marks=pytest.mark.slow)]
)
def test_bundled_models_in_keras(name: str, keras: Any, tmp_path: Path) -> None:
    path = export_model(name, "keras", tmp_path / "model.keras", "bytes")
    model = keras.models.load_model(path, safe_mode=True)
    found = model.predict(UNIT[..., None] * 255, verbose=0)
    wanted = load_bundled(name).judge(UNIT)[:, : found.shape[1]]
    atol = apart(from_model(load_bundled(name)))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=atol)
    assert found.shape[1] == (11 if name == "digits" else 10)


@pytest.mark.slow
def test_the_readers_digit_network_comes_back(tmp_path: Path) -> None:
    path = export_model("digits", "safetensors", tmp_path / "digits.safetensors")
    again = load_model(convert_model(path))
    np.testing.assert_allclose(
        again.judge(UNIT),
        load_bundled("digits").judge(UNIT),
        rtol=0,
        atol=apart(from_model(again)),
    )


def test_shifted_answers_cannot_do_without_their_scaling(model_file: Path) -> None:
    with pytest.raises(InputError, match="averages its answers over shifts"):
        export_model(model_file, "torch", "x.pt2", "scaled")


def test_wrong_words_are_refused(model_file: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no model format named 'tflite'"):
        export_model(model_file, "tflite")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Received pixels 'gray'; expected unit, bytes or scaled"):
        export_model(model_file, "torch", None, "gray")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="--pixels bytes with --to onnx"):
        export_model(model_file, "onnx", None, "bytes")
    with pytest.raises(RunError, match="holds no model"):
        export_model(tmp_path, "onnx")
    with pytest.raises(ModelError, match="There is no model file"):
        export_model("no-such-model", "onnx")


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_a_keras_file_of_ours_says_what_pixels_it_takes(
    ending: str, keras: Any, tmp_path: Path
) -> None:
    network = random_network("dense", "standardize")
    for pixels in TAKEN:
        path = tmp_path / f"{pixels}.{ending}"
        content = written_keras(
            network, scaling_for(network, pixels), ending, taken_by(network, pixels)
        )
        path.write_bytes(content)
        back = load_model(convert_model(path, tmp_path / "back.onnx"))
        assert not back.card.training["pixels_assumed"]
        assert back.card.training["pixels"] == pixels
        np.testing.assert_allclose(back.predict_proba(UNIT), expected(network), atol=1e-5)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_network_in_json_is_converted_with_the_weights_beside_it(
    keras: Any, tmp_path: Path
) -> None:
    network = random_network("dense", "normalize")
    model = keras_model(network, scaling_for(network, "unit"))
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "model.json").write_text(model.to_json(), encoding="utf-8")
    with pytest.raises(ModelError, match="are 0 files of weights"):
        convert_model(folder / "model.json")
    model.save_weights(folder / "model.weights.h5")
    for source in (folder, folder / "model.json"):
        found = load_model(convert_model(source, tmp_path / "out.onnx"))
        np.testing.assert_allclose(found.predict_proba(UNIT), expected(network), atol=1e-5)
    # A second file of weights, of another network: the one called like it is meant.
    (folder / "other.h5").write_bytes(b"other")
    assert is_pair(folder)
    convert_model(folder, tmp_path / "out.onnx")
    (folder / "model.weights.h5").rename(folder / "best.h5")
    with pytest.raises(ModelError, match=r"are 2 files of weights .*model\.weights\.h5"):
        convert_model(folder)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_weights_of_keras_2_lie_by_the_names_of_layers(keras: Any, tmp_path: Path) -> None:
    network = random_network("dense", "normalize")
    model = keras_model(network, scaling_for(network, "unit"))
    (tmp_path / "net.json").write_text(model.to_json(), encoding="utf-8")
    # As model.save_weights("net.h5") of Keras 2: a whole model's file, without the network.
    model.save(tmp_path / "whole.h5")
    with h5py.File(tmp_path / "whole.h5") as whole, h5py.File(tmp_path / "net.h5", "w") as file:
        for name in whole["model_weights"]:
            whole.copy(f"model_weights/{name}", file)
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
    (tmp_path / "whole.h5").unlink()
    found = load_model(convert_model(tmp_path / "net.json"))
    np.testing.assert_allclose(found.predict_proba(UNIT), expected(network), atol=1e-5)


@pytest.mark.parametrize("told", [b"[1]", b"[0, 0]", b"[1e300, 0]", b"x", b"[1, null]"])
def test_a_damaged_scaling_is_told(told: bytes) -> None:
    with pytest.raises(ModelError, match="scal"):
        told_pixels(told)


def test_a_card_that_claims_too_much_is_refused() -> None:
    network = random_network("dense", "raw")
    plain = json.loads(network.card.to_json())
    for layers in (
        [{"kind": "flatten"}, {"kind": "dense", "units": 10**12}],
        [{"kind": "conv", "filters": 1, "kernel": 1, "padding": 10**6}, {"kind": "flatten"}],
        [],
    ):
        ends = {"kind": "dense", "units": 10, "activation": "linear"}
        plain["recipe"]["layers"] = [*layers, ends] if layers else []
        content = written_safetensors(network)
        weights = load(content)
        with pytest.raises(ModelError):
            from_weights(Card.from_json(json.dumps(plain)), weights)
