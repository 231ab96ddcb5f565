"""Small models made by hand, whose every number is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx", reason="needs tenfold[web]")

import onnx
from onnx import TensorProto, helper, numpy_helper

from tenfold.models import CARD_KEY, Card, Model, Probe, load_bundled, probe_images
from tenfold.models.session import open_session

MakeModel = Callable[[Sequence[onnx.NodeProto], Mapping[str, np.ndarray]], Model]


@pytest.fixture
def make_model() -> MakeModel:
    """Make a model of nodes from "images" to "logits" and of constants."""

    def make(nodes: Sequence[onnx.NodeProto], constants: Mapping[str, np.ndarray]) -> Model:
        graph = helper.make_graph(
            list(nodes),
            "made",
            [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 1, 28, 28])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])],
            [numpy_helper.from_array(value, name) for name, value in constants.items()],
        )
        proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
        session = open_session(proto.SerializeToString(), 1)
        answer = session.run(["logits"], {"images": probe_images()})[0][0]
        unsaid = ("placement", "scaling", "recipe", "training", "data", "scores", "versions")
        plain: dict[str, Any] = {name: {} for name in unsaid}
        card = Card(
            name="made",
            classes=tuple("0123456789"),
            license="MIT",
            probe=Probe(tuple(answer.tolist())),
            **plain,
        )
        helper.set_model_props(proto, {CARD_KEY: card.to_json()})
        return Model(proto.SerializeToString(), threads=1)

    return make


@pytest.fixture(scope="session")
def bundled() -> Model:
    """The model that comes with Tenfold, which takes one core here."""
    return Model(load_bundled("digits").content, threads=1)
