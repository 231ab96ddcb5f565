"""Files that are damaged, lie, or mean harm: each gives a stated error, and none runs anything."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tenfold.errors import ModelError, TenfoldError
from tenfold.exchange import _archive, convert_model
from tenfold.exchange.formats._keras.file import read_archive, read_h5
from tenfold.exchange.formats._keras.network import keras_network


def dense(name: str, units: int, **more: Any) -> dict[str, Any]:
    return {"class_name": "Dense", "config": {"name": name, "units": units, **more}}


def config(*layers: dict[str, Any]) -> dict[str, Any]:
    """A model's description as Keras 2.4 writes it: no modules, the shape in the first layer."""
    first = {"name": "flat", "batch_input_shape": [None, 28, 28]}
    flat = {"class_name": "Flatten", "config": {**first, "data_format": "channels_last"}}
    return {"class_name": "Sequential", "config": {"name": "s", "layers": [flat, *layers]}}


def old_file(layers: list[dict[str, Any]], change: Callable[[Any], None] | None = None) -> bytes:
    """A file as Keras 2 lays it out, with weights of ones for its first dense layer."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["model_config"] = json.dumps(config(*layers)).encode()
        file.attrs["keras_version"] = "2.4.0"
        file.attrs["training_config"] = json.dumps(
            {"optimizer_config": {"class_name": "SGD", "config": {"lr": 0.5, "momentum": 0.25}}}
        )
        group = file.create_group("model_weights/dense")
        group.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        group["dense/kernel:0"] = np.ones((784, 10), np.float32)
        group["dense/bias:0"] = np.arange(10, dtype=np.float32)
        if change is not None:
            change(file)
    return buffer.getvalue()


GOOD = [dense("dense", 10, activation="softmax")]


def network_of(content: bytes) -> Any:
    return keras_network(read_h5(content), "old.h5", "", None)


def test_a_file_laid_out_as_keras_2_does_is_read() -> None:
    import torch

    network, card = network_of(old_file(GOOD))
    with torch.no_grad():
        logits = network(torch.full((1, 1, 28, 28), 0.5))
    np.testing.assert_allclose(logits.numpy()[0], 392 + np.arange(10), rtol=1e-6)
    assert card.training["software"] == "keras 2.4.0"
    assert card.recipe["optimizer"] == {"kind": "sgd", "learning_rate": 0.5, "momentum": 0.25}


def external_link(file: Any) -> None:
    del file["model_weights/dense/dense/kernel:0"]
    file["model_weights/dense/dense/kernel:0"] = h5py.ExternalLink("/etc/passwd", "/")


def soft_link(file: Any) -> None:
    del file["model_weights/dense/dense/kernel:0"]
    file["model_weights/dense/dense/kernel:0"] = h5py.SoftLink("/model_weights")


def external_data(file: Any) -> None:
    del file["model_weights/dense/dense/kernel:0"]
    file.create_dataset(
        "model_weights/dense/dense/kernel:0", (784, 10), "f4", external=[("/etc/passwd", 0, 31360)]
    )


def virtual_data(file: Any) -> None:
    del file["model_weights/dense/dense/kernel:0"]
    layout = h5py.VirtualLayout((784, 10), "f4")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "x", (784, 10))
    file.create_virtual_dataset("model_weights/dense/dense/kernel:0", layout)


def huge_shape(file: Any) -> None:
    del file["model_weights/dense/dense/kernel:0"]
    file.create_dataset(
        "model_weights/dense/dense/kernel:0", (1 << 30, 1 << 10), "f4", chunks=(1024, 64)
    )


def integers(file: Any) -> None:
    del file["model_weights/dense/dense/kernel:0"]
    file["model_weights/dense/dense/kernel:0"] = np.ones((784, 10), np.int8)


def not_finite(file: Any) -> None:
    file["model_weights/dense/dense/kernel:0"][3, 3] = np.nan


def other_shape(file: Any) -> None:
    del file["model_weights/dense/dense/kernel:0"]
    file["model_weights/dense/dense/kernel:0"] = np.ones((10, 784), np.float32)


def no_weights(file: Any) -> None:
    del file["model_weights/dense"]


def many_names(file: Any) -> None:
    file["model_weights/dense"].attrs["weight_names"] = [b"x"] * 2000


def description(content: bytes) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        file.attrs["model_config"] = content

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (external_link, "link to elsewhere"),
        (soft_link, "link to elsewhere"),
        (external_data, "link to elsewhere"),
        (virtual_data, "link to elsewhere"),
        (huge_shape, "claim more than"),
        (integers, "of int8; expected floating-point"),
        (not_finite, "not all finite"),
        (other_shape, r"kernel are \[10, 784\]; expected shape \[784, 10\]"),
        (no_weights, "kernel are None"),
        (many_names, "damaged: weight_names"),
        (description(b"{"), "description of the network is damaged"),
        (description(b"[]"), "description of the network is damaged: list"),
        (description(b'{"config":' * 9000), "description of the network is damaged"),
        (description(b'{"class_name": "Mine"}'), "class Mine, whose layers"),
        (description(b'{"config": {"layers": [3]}}'), "whose layers the file does not tell"),
        (description(b'{"config": {"layers": [{}]}}'), "has no name"),
        (description(json.dumps(config(*GOOD * 600)).encode()), "601 layers; expected at most"),
    ],
)
def test_a_damaged_or_hostile_h5_file_is_refused(
    change: Callable[[Any], None], reason: str
) -> None:
    with pytest.raises(ModelError, match=reason):
        network_of(old_file(GOOD, change))


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        (dense("dense", 10**12), r"expected shape \[784, 1000000000000\]"),
        (dense("dense", -1), "expected shape"),
        (dense("dense", 10, activation="eval"), "activation function is 'eval'"),
        (dense("dense", 10, activation={"class_name": "f"}), "activation function is {"),
        ({**GOOD[0], "module": "os"}, "class of somebody's own"),
        ({**GOOD[0], "registered_name": "A>Dense"}, "class of somebody's own"),
        ({"class_name": "Dense", "config": {"name": "dense"}}, "missing required field `units`"),
        ({"class_name": "TFOpLambda", "config": {"name": "x"}}, "TFOpLambda are not converted"),
        ({"class_name": 3, "config": {"name": "x"}}, "has no name"),
        ({"class_name": "Reshape", "config": {"name": "x", "target_shape": [2, -1, 0]}}, "makes"),
        ({"class_name": "Rescaling", "config": {"name": "x", "scale": "a"}}, "expected one number"),
        ({"class_name": "Rescaling", "config": {"name": "x", "scale": 0}}, "scales pixels by 0"),
    ],
)
def test_a_description_that_lies_is_refused(layer: dict[str, Any], reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        network_of(old_file([layer, *GOOD] if layer["class_name"] != "Dense" else [layer]))


@pytest.mark.parametrize("kind", ["ZeroPadding2D", "Conv2D", "MaxPooling2D"])
@pytest.mark.parametrize("size", [10**9, 1025, -1, 2.5, "3", [1, 2, 3], [[9, 9], [10**9, 9]]])
def test_sizes_that_would_fill_the_memory_are_refused(kind: str, size: Any) -> None:
    sizes = {"padding": size} if kind == "ZeroPadding2D" else {"pool_size": size}
    if kind == "Conv2D":
        sizes = {"kernel_size": size, "filters": 1}
    image = {"class_name": "Reshape", "config": {"name": "r", "target_shape": [28, 28, 1]}}
    layer = {"class_name": kind, "config": {"name": "x", **sizes}}
    with pytest.raises(ModelError, match="expected one or two whole numbers"):
        network_of(_unflattened([image, layer, *GOOD]))


def _unflattened(layers: list[dict[str, Any]]) -> bytes:
    def change(file: Any) -> None:
        whole = config(*layers)
        shape = whole["config"]["layers"].pop(0)["config"]["batch_input_shape"]
        whole["config"]["layers"][0]["config"]["batch_input_shape"] = shape
        file.attrs["model_config"] = json.dumps(whole)

    return old_file(GOOD, change)


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_archive, "LIMIT", 1 << 20)
    with pytest.raises(ModelError, match="unpacks to more than 1048576 bytes"):
        read_archive(archive({"config.json": bytes(2 << 20)}))


@pytest.mark.parametrize(
    "content",
    [
        archive({"config.json": b"{}"}),
        archive({"config.json": json.dumps(config(*GOOD)).encode()}),
        archive({"config.json": json.dumps(config(*GOOD)).encode(), "metadata.json": b"{}"}),
        archive({"archive_format": b"pt2"}),
        archive({"a/extra/tenfold.card": b"{}"}),
        archive({"a/extra/tenfold.card": b"{}", "a/data/weights/model_weights_config.json": b"3"}),
        b"PK\x03\x04 no archive",
        b"\x89HDF\r\n\x1a\n no file",
        struct.pack("<Q", 1 << 60) + b"{}",
        struct.pack("<Q", 2) + b"{}",
        struct.pack("<Q", 33) + b'{"__metadata__":{"tenfold":"x"}} ',
        b"",
        b"\x80\x04\x95 a pickle",
    ],
)
def test_files_of_other_kinds_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.keras: "):
        convert_model(path)
    assert list(tmp_path.glob("*.onnx")) == []


def test_places_that_hold_no_file_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.h5")
    for name in ("missing.h5", "pipe.h5", "."):
        with pytest.raises(ModelError, match="There is no model file"):
            convert_model(tmp_path / name)


def test_cut_and_flipped_files_never_do_anything_but_say_so() -> None:
    whole = old_file(GOOD)
    random = np.random.default_rng(5)
    refused = 0
    for trial in range(60):
        broken = bytearray(whole)
        if trial % 3 == 0:
            del broken[int(random.integers(len(broken))) :]
        for at in random.integers(0, min(len(broken), 8192), 8 if broken else 0):
            broken[at] = random.integers(256)
        try:
            network_of(bytes(broken))
        except TenfoldError:
            refused += 1
    assert refused > 20
