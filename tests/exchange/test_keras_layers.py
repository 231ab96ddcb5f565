"""Every kind of Keras layer that is converted, against Keras itself, and those that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from _rounding import probability_room, room
from tenfold.errors import ModelError
from tenfold.exchange.formats._keras.file import KerasFile, read_archive, read_h5
from tenfold.exchange.formats._keras.network import keras_network

# Keras 3.15 asks PyTorch's parameters for arrays in a way that NumPy 2 will stop to admit.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

UNIT = np.random.default_rng(7).random((8, 28, 28), np.float32)


def filled(model: Any, seed: int = 0) -> Any:
    """Give a model weights by chance, so that no order of them goes unnoticed."""
    random = np.random.default_rng(seed)
    for layer in model.layers:
        values = [random.normal(0.1, 0.3, w.shape) for w in layer.get_weights()]
        # Sums of about 1: a softmax that is sure hides what is wrong in front of it.
        values = [v * 3 / v[..., 0].size ** 0.5 if v.ndim > 1 else v for v in values]
        if type(layer).__name__ == "BatchNormalization":
            values[-1] = random.uniform(0.5, 2, values[-1].shape)
        layer.set_weights(values)
    return model


def saved(model: Any, folder: Path, ending: str) -> KerasFile:
    path = folder / f"model{ending}"
    model.save(path)
    return {".h5": read_h5, ".keras": read_archive}[ending](path.read_bytes())


def check_alike(model: Any, file: KerasFile, given: npt.NDArray[np.float32], pixels: Any) -> None:
    network, _card = keras_network(file, "model.keras", "", pixels)
    with torch.no_grad():
        found = network(torch.from_numpy(UNIT[:, None])).softmax(1).numpy()
    expected = np.asarray(model.predict(given, verbose=0))
    assert expected.max() < 0.9
    np.testing.assert_allclose(
        found, expected, rtol=0, atol=probability_room(network, UNIT[:, None])
    )


def chains(keras: Any) -> dict[str, list[Any]]:
    """What stands between the 28x28x1 input and the last Dense(10, softmax)."""
    made = keras.layers
    flat = made.Flatten
    return {
        "same padding, even": [made.Conv2D(3, 3, padding="same"), flat()],
        "same padding, uneven": [made.Conv2D(3, 4, strides=3, padding="same"), flat()],
        "zero padding, then steps": [made.ZeroPadding2D(2), made.Conv2D(3, 5, strides=2), flat()],
        "uneven zero padding": [made.ZeroPadding2D(((1, 0), (2, 3))), made.Conv2D(2, 3), flat()],
        "dilation, uneven kernel": [made.Conv2D(3, (2, 4), dilation_rate=(2, 3)), flat()],
        "no bias, then a norm": [
            made.Conv2D(3, 3, use_bias=False),
            made.BatchNormalization(),
            made.ReLU(),
            flat(),
        ],
        "norm of a flattened map": [
            made.Conv2D(2, 3),
            flat(),
            made.BatchNormalization(epsilon=0.01),
            made.Dropout(0.5),
            made.Dense(7, use_bias=False),
        ],
        "norm without scale": [made.BatchNormalization(scale=False), flat()],
        "norm without center": [made.BatchNormalization(center=False), flat()],
        "pooling with steps": [made.MaxPooling2D(3, strides=2), made.Conv2D(2, 3), flat()],
        "pooling that pads": [made.MaxPooling2D((3, 5), padding="same"), flat()],
        "mean pooling": [made.AveragePooling2D(2), flat()],
        "global mean": [made.Conv2D(4, 3), made.GlobalAveragePooling2D()],
        "global maximum": [made.Conv2D(4, 3), made.GlobalMaxPooling2D(keepdims=True), flat()],
        "activations": [
            flat(),
            made.Dense(6, activation="tanh"),
            made.Dense(6, activation="gelu"),
            made.Dense(6, activation="elu"),
            made.Dense(6, activation="selu"),
            made.Dense(6, activation="silu"),
            made.Dense(6, activation="softplus"),
            made.Dense(6, activation="softsign"),
            made.Dense(6, activation="relu6"),
        ],
        "activation layers": [
            flat(),
            made.Dense(6),
            made.LeakyReLU(0.2),
            made.Dense(6),
            made.ELU(0.7),
            made.Dense(6),
            made.Activation("sigmoid"),
            made.Dense(6),
            made.ReLU(negative_slope=0.1),
            made.Dense(6),
            made.ReLU(max_value=6),
        ],
        "noise": [made.GaussianNoise(0.5), made.SpatialDropout2D(0.5), flat()],
        "reshaped": [made.Reshape((784,)), made.Dense(5, activation="relu")],
        "reshaped late": [made.Conv2D(2, 3), made.Reshape((-1,))],
    }


CHAINS = (
    "same padding, even",
    "same padding, uneven",
    "zero padding, then steps",
    "uneven zero padding",
    "dilation, uneven kernel",
    "no bias, then a norm",
    "norm of a flattened map",
    "norm without scale",
    "norm without center",
    "pooling with steps",
    "pooling that pads",
    "mean pooling",
    "global mean",
    "global maximum",
    "activations",
    "activation layers",
    "noise",
    "reshaped",
    "reshaped late",
)
SAID = {
    "same padding, even",
    "zero padding, then steps",
    "no bias, then a norm",
    "norm of a flattened map",
    "norm without scale",
    "norm without center",
    "reshaped",
    "reshaped late",
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_of_layers_answers_as_in_keras(name: str, keras: Any, tmp_path: Path) -> None:
    assert tuple(chains(keras)) == CHAINS
    layers = [keras.Input((28, 28, 1)), *chains(keras)[name]]
    layers.append(keras.layers.Dense(10, activation="softmax"))
    model = filled(keras.Sequential(layers))
    ending = ".h5" if CHAINS.index(name) % 2 else ".keras"
    file = saved(model, tmp_path, ending)
    check_alike(model, file, UNIT[..., None], "unit")
    _network, card = keras_network(file, "model.keras", "", None)
    assert bool(card.recipe) == (name in SAID)


@pytest.mark.parametrize(
    ("shape", "scale", "offset", "pixels", "factor", "added"),
    [
        ((28, 28, 1), 1 / 255, 0.0, "bytes", 255, 0),
        ((28, 28), 1 / 127.5, -1.0, "bytes", 255, 0),
        ((784,), 2.0, -1.0, "unit", 1, 0),
        ((784,), None, None, "signed", 2, -1),
        ((28, 28), None, None, "bytes", 255, 0),
    ],
)
@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_inputs_and_scalings(
    ending: str, shape: Any, scale: Any, offset: Any, pixels: str, factor: float, added: float,
    keras: Any, tmp_path: Path,
) -> None:  # fmt: skip
    made = keras.layers
    first = given = keras.Input(shape)
    if scale is not None:
        first = made.Rescaling(scale, offset)(first)
    image = made.Reshape((28, 28, 1))(first)
    outputs = made.Dense(10)(made.Flatten()(made.Conv2D(3, 5, strides=4)(image)))
    model = filled(keras.Model(given, made.Softmax()(outputs)), seed=3)
    model.layers[-2].set_weights([w / 100 for w in model.layers[-2].get_weights()])
    file = saved(model, tmp_path, ending)
    values = (UNIT * factor + added).reshape(-1, *shape)
    # A Rescaling tells by itself; without one it must be said.
    check_alike(model, file, values, None if scale is not None else pixels)
    _network, card = keras_network(file, "model.keras", "", None)
    assert card.training["pixels_assumed"] == (scale is None)


def test_a_model_may_end_in_logits(keras: Any, tmp_path: Path) -> None:
    made = keras.layers
    model = filled(keras.Sequential([keras.Input((28, 28)), made.Flatten(), made.Dense(10)]))
    file = saved(model, tmp_path, ".keras")
    network, _card = keras_network(file, "model.keras", "", "unit")
    with torch.no_grad():
        found = network(torch.from_numpy(UNIT[:, None])).numpy()
    expected = np.asarray(model.predict(UNIT, verbose=0))
    np.testing.assert_allclose(found, expected, rtol=0, atol=room(network, UNIT[:, None]))


def own_dense(keras: Any) -> Any:
    """A layer with Keras's name and somebody's own code."""

    @keras.saving.register_keras_serializable("Somebody")
    class Dense(keras.layers.Dense):
        def call(self, values: Any) -> Any:
            return super().call(values) * 2

    return Dense(5)


def refused(keras: Any) -> dict[str, Any]:
    """Why a model cannot be converted -> such a model."""
    made = keras.layers
    image, other = keras.Input((28, 28, 1)), keras.Input((32, 32, 3))
    flat = made.Flatten()(image)
    ten = made.Dense(10, activation="softmax", name="ten")
    nested = keras.Sequential([keras.Input((28, 28, 1)), made.Flatten()])
    outputs = {
        "is a class of somebody's own": ten(own_dense(keras)(made.Dense(5)(flat))),
        "Layers of class Lambda are not": made.Dense(10)(made.Lambda(lambda x: x * 2)(flat)),
        "branch at": made.Dense(10)(made.Concatenate()([made.Dense(3)(flat), made.Dense(4)(flat)])),
        "puts out [11]": made.Dense(11)(flat),
        "ends in sigmoid": made.Dense(10, activation="sigmoid")(flat),
        "stands behind the softmax": made.Dense(10)(made.Dense(10, activation="softmax")(flat)),
        "Layers of class UpSampling2D": made.Dense(10)(made.Flatten()(made.UpSampling2D()(image))),
        "along axis 1": made.Dense(10)(made.Flatten()(made.BatchNormalization(1)(image))),
        "Layers of class Sequential are": made.Dense(10)(nested(image)),
    }
    models = {reason: keras.Model(image, output) for reason, output in outputs.items()}
    shape = "takes images of shape [32, 32, 3]"
    return {**models, shape: keras.Model(other, made.Dense(10)(made.Flatten()(other)))}


def test_what_cannot_be_converted_is_refused(keras: Any, tmp_path: Path) -> None:
    for reason, model in refused(keras).items():
        with pytest.raises(ModelError) as error:  # noqa: PT012 # either step may say so
            file = saved(model, tmp_path, ".keras")
            keras_network(file, "model.keras", "", None)
        assert reason in str(error.value)


def test_weights_alone_are_no_model(keras: Any, tmp_path: Path) -> None:
    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    model.save_weights(tmp_path / "final.weights.h5")
    with pytest.raises(ModelError, match="weights without a network"):
        read_h5((tmp_path / "final.weights.h5").read_bytes())
