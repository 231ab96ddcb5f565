"""Networks written to ONNX: each layer that is known answers there as in PyTorch."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from _rounding import room
from tenfold.networks._onnx_graph import _LAYERS, network_graph
from tenfold.networks.dropout import FastDropout
from tenfold.networks.pooling import Pooling
from tenfold.networks.test_time_augmentation import shift_averaged

EXAMPLES = [
    nn.AvgPool2d(2),
    nn.AvgPool2d(3, 2),
    nn.BatchNorm2d(4, eps=0.1),
    nn.ConstantPad2d((1, 2, 3, 0), -5.0),
    nn.Conv2d(4, 8, (3, 5), (2, 1), (1, 2), (1, 2), groups=2, bias=False),
    nn.ConvTranspose2d(4, 6, (2, 3), (2, 1), (1, 2), (1, 0), groups=2, dilation=(1, 2)),
    nn.ConvTranspose2d(4, 6, (1, 2), (1, 2), bias=False),
    nn.Sequential(nn.ReLU(), nn.Dropout()),
    nn.ELU(0.7),
    nn.GELU(),
    nn.LeakyReLU(0.2),
    nn.MaxPool2d((2, 3), (1, 2)),
    nn.PixelShuffle(2),
    nn.ReLU6(),
    nn.SELU(),
    nn.SiLU(),
    nn.Sigmoid(),
    nn.Softplus(),
    nn.Softsign(),
    nn.Tanh(),
    nn.ZeroPad2d((1, 0, 2, 0)),
    nn.Sequential(Pooling(3), FastDropout(0.5)),
    nn.Sequential(nn.Flatten(), nn.Linear(256, 5), nn.BatchNorm1d(5)),
]


@pytest.mark.parametrize("layer", EXAMPLES, ids=lambda layer: str(type(layer).__name__))
def test_a_layer_answers_as_in_pytorch(layer: nn.Module) -> None:
    network = nn.Sequential(layer).eval()
    images = np.random.default_rng(0).normal(0, 2, (3, 4, 8, 8)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(images)).numpy()
    found = answers(network, images, expected.shape[1:])
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=room(network, images))


def answers(network: nn.Module, images: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    model = network_graph(network, {"maps": ("N", *images.shape[1:])}, {"answer": ("N", *shape)})
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    found: np.ndarray = session.run(["answer"], {"maps": images})[0]
    return found


def test_every_layer_that_is_known_has_an_example() -> None:
    shown = {type(module) for example in EXAMPLES for module in example.modules()}
    assert set(_LAYERS) <= shown


class Shifted(nn.Module):
    """Shifts and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return shift_averaged(self.body, pixels, 1)


def test_shifts_look_where_pytorch_looks() -> None:
    network = Shifted().eval()
    images = np.random.default_rng(0).random((2, 1, 28, 28), np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(images)).numpy()
    found = answers(network, images, (10,))
    np.testing.assert_allclose(found, expected, rtol=0, atol=room(network, images))


class Standardized(nn.Module):
    """The arithmetic by which the ink network begins."""

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        centered = maps - maps.mean((2, 3), True)
        deviation = (centered * centered).mean((2, 3), True).sqrt()
        return torch.cat([centered / (deviation + 0.05), maps.sigmoid()], 1)


def test_arithmetic_answers_as_in_pytorch() -> None:
    maps = np.random.default_rng(0).normal(0, 2, (3, 4, 8, 8)).astype(np.float32)
    expected = Standardized()(torch.from_numpy(maps)).numpy()
    found = answers(Standardized(), maps, (8, 8, 8))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


class Cubed(nn.Module):
    """Calls what no layer needs."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return values.pow(3)


@pytest.mark.parametrize(
    "network", [nn.Sequential(nn.Hardtanh()), Cubed()], ids=["layer", "function"]
)
def test_what_is_not_known_is_refused(network: nn.Module) -> None:
    with pytest.raises(NotImplementedError):
        network_graph(network, {"values": ("N", 4)}, {"answer": ("N", 4)})


def test_a_weight_keeps_its_name_and_its_bits() -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    model = network_graph(network, {"images": ("N", 1, 28, 28)}, {"logits": ("N", 10)})
    kept = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    state = network.state_dict()
    assert kept.keys() == state.keys()
    for name, array in kept.items():
        np.testing.assert_array_equal(array, state[name].numpy())
