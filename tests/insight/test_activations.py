"""What each layer of a network makes of a digit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from _rounding import UNIT
from tenfold.data import DataSet
from tenfold.errors import InputError, ModelError
from tenfold.insight import OpenNetwork, layers_of, open_network
from tenfold.language import speaking
from tenfold.models import Model, load_bundled

node = helper.make_node
RESHAPED = {"flat": np.array([-1, 784])}


def weights(inputs: int, outputs: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(inputs).normal(0, 0.1, (inputs, outputs)).astype(np.float32)


def test_the_layers_of_the_bundled_model_in_words(bundled: Model, drawn: DataSet) -> None:
    layers = layers_of(open_network(bundled), drawn.test.images[0])
    assert [layer.name for layer in layers] == [
        "convolution 1 with ReLU, 24 maps of 14 x 14",
        "convolution 2 with ReLU, 32 maps of 14 x 14",
        "convolution 3 with ReLU, 64 maps of 7 x 7",
        "convolution 4 with ReLU, 64 maps of 7 x 7",
        "dense layer 1 with ReLU, 128 units",
        "dense layer 2, 11 units",
        "probabilities",
    ]
    assert [layer.maps.shape for layer in layers] == [
        (24, 14, 14),
        (32, 14, 14),
        (64, 7, 7),
        (64, 7, 7),
        (1, 8, 16),
        (1, 1, 11),
        (1, 1, 11),
    ]
    assert [layer.signed for layer in layers] == [False] * 5 + [True, False]
    assert all(layer.maps.dtype == np.uint8 for layer in layers)
    assert all(layer.maps.max() == 255 for layer in layers if not layer.signed and layer.reach > 1)
    expected = bundled.judge(drawn.test.images[:1].astype(np.float32) / 255)[0]
    np.testing.assert_array_equal(layers[-1].maps.ravel(), np.rint(expected * 255))


def test_a_pooling_between_a_convolution_and_its_relu_is_a_layer(drawn: DataSet) -> None:
    network = open_network(load_bundled("cnn-deep"))
    kinds = [(step.kind, step.number, step.activation) for step in network.steps]
    assert kinds == [
        ("convolution", 1, ""),
        ("pooling", 1, "ReLU"),
        ("convolution", 2, "ReLU"),
        ("convolution", 3, ""),
        ("pooling", 2, "ReLU"),
        ("dense", 1, "ReLU"),
        ("dense", 2, ""),
    ]
    *_earlier, last = layers_of(network, drawn.test.images[0])
    assert last.shape == (10,), "this model was not taught what is no digit"


def test_the_maps_are_what_the_layers_put_out(make_model: Any) -> None:
    kernels = np.zeros((2, 1, 3, 3), np.float32)
    kernels[0, 0, 1, 1], kernels[1, 0, 1, 1] = 1, -0.5
    model = make_model(
        [
            node("Conv", ["images", "kernels"], ["maps"], pads=[1, 1, 1, 1]),
            node("MaxPool", ["maps"], ["pooled"], kernel_shape=[28, 28]),
            node("Flatten", ["pooled"], ["units"]),
            node("MatMul", ["units", "weights"], ["product"]),
            node("Add", ["product", "bias"], ["sum"]),
            node("Tanh", ["sum"], ["bent"]),
            node("Gemm", ["bent", "more"], ["logits"]),
        ],
        {
            "kernels": kernels,
            "weights": weights(2, 17),
            "bias": np.ones(17, np.float32),
            "more": weights(17, 10),
        },
    )
    image = np.zeros((28, 28), np.uint8)
    image[3, 4], image[5, 6] = 255, 51
    first, pooled, dense, last, _answer = layers_of(OpenNetwork(model), image)
    assert first.signed
    assert first.reach == 1.0
    # 128 is 0 and 255 the reach, 1.
    assert first.maps[:, 3, 4].tolist() == [255, 128 - 64]
    assert first.maps[:, 5, 6].tolist() == [128 + 25, 128 - 13]
    assert first.maps[:, 0, 0].tolist() == [128, 128]
    assert pooled.name == "pooling 1, 2 maps of 1 x 1"
    assert pooled.maps.ravel().tolist() == [255, 0]
    assert dense.name == "dense layer 1 with tanh, 17 units"
    assert dense.maps.shape == (1, 1, 17), "17 units make no rectangle"
    assert last.name == "dense layer 2, 10 units"


def test_at_most_64_maps_are_shown_and_the_shape_tells_of_all(make_model: Any) -> None:
    model = make_model(
        [
            node("Conv", ["images", "kernels"], ["maps"]),
            node("Relu", ["maps"], ["bright"]),
            node("GlobalAveragePool", ["bright"], ["means"]),
            node("Flatten", ["means"], ["units"]),
            node("Gemm", ["units", "weights"], ["logits"]),
        ],
        {"kernels": np.ones((70, 1, 3, 3), np.float32), "weights": weights(70, 10)},
    )
    first, *_rest = layers_of(OpenNetwork(model), np.zeros((28, 28), np.uint8))
    assert first.shape == (70, 26, 26)
    assert first.maps.shape == (64, 26, 26)
    assert not first.maps.any(), "an empty picture gives empty maps"
    assert first.name == "convolution 1 with ReLU, 70 maps of 26 x 26"


def test_features_are_what_the_last_layer_is_given(bundled: Model, drawn: DataSet) -> None:
    images = drawn.test.images[:7]
    constants = {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in onnx.load_from_string(bundled.content).graph.initializer
    }
    features = open_network(bundled).features(images)
    assert features.shape == (7, 128)
    logits = features @ constants["network.head.weight"].T + constants["network.head.bias"]
    # Two sums, of 128 products and of the 3,136 behind each feature, each in an order of its own.
    sizes = np.abs(features) @ np.abs(constants["network.head.weight"]).T
    atol = (128 + 3136) * UNIT * sizes.max()
    np.testing.assert_allclose(logits[:, :10], bundled.logits(images), rtol=0, atol=atol)


def test_many_images_give_the_features_of_each(bundled: Model, drawn: DataSet) -> None:
    network = open_network(bundled)
    together = network.features(drawn.test.images)
    few = network.features(drawn.test.images[210:213])
    # A feature is a sum of 3,136 products, which many images may have added in another order.
    atol = 3136 * UNIT * together.max()
    np.testing.assert_allclose(together[210:213], few, rtol=0, atol=atol)


def test_a_network_without_a_dense_layer_is_compared_by_its_logits(make_model: Any) -> None:
    model = make_model(
        [
            node("Conv", ["images", "kernels"], ["maps"]),
            node("Flatten", ["maps"], ["logits"]),
        ],
        {"kernels": np.ones((10, 1, 28, 28), np.float32)},
    )
    image = np.full((28, 28), 255, np.uint8)
    np.testing.assert_allclose(OpenNetwork(model).features(image), [[784] * 10])


def test_the_words_are_those_of_the_reader(bundled: Model, drawn: DataSet) -> None:
    with speaking("zh"):
        first, *_rest = layers_of(open_network(bundled), drawn.test.images[0])
    assert first.name == "卷积 1，激活 ReLU，24 张 14 x 14 的图"


def test_what_is_no_digit_or_no_graph_is_refused(bundled: Model) -> None:
    with pytest.raises(InputError, match="shape"):
        layers_of(open_network(bundled), np.zeros((27, 28), np.uint8))
    strange: Any = SimpleNamespace(content=b"\xff\xff\xff")
    with pytest.raises(ModelError, match="cannot be read"):
        OpenNetwork(strange)
