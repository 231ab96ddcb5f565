"""Model files of one layer with weights of chance, made in milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from tenfold.models import CARD_KEY, Card, Probe, probe_images

WEIGHTS = np.random.default_rng(0).normal(0, 0.02, (784, 10)).astype(np.float32)


def tiny_card(logits: Sequence[float], **fields: Any) -> Card:
    """A card that says little; ``fields`` says more."""
    card = Card(
        name="tiny",
        classes=tuple("0123456789"),
        placement={},
        scaling={},
        recipe={},
        training={},
        data={},
        scores={},
        versions={},
        license="MIT",
        probe=Probe(tuple(map(float, logits))),
    )
    return msgspec.structs.replace(card, **fields)


def tiny_model(weights: npt.NDArray[np.float32] = WEIGHTS, **fields: Any) -> bytes:
    """A layer of ``weights`` without a bias; ``fields`` are the card's."""
    logits = probe_images().reshape(1, 784) @ weights
    return layered([], "flat", weights, tiny_card(logits[0], **fields))


def layered(
    nodes: Sequence[NodeProto],
    last: str,
    weights: npt.NDArray[np.float32],
    card: Card,
    *others: tuple[str, npt.NDArray[np.generic]],
) -> bytes:
    """Images laid flat ("flat"), then ``nodes``, then a product of ``last`` and ``weights``.

    ``others`` are the constants that the nodes name.
    """
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["images"], ["flat"]),
            *nodes,
            helper.make_node("MatMul", [last, "weights"], ["logits"]),
        ],
        "tiny",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(values, name) for name, values in (("weights", weights), *others)],
    )
    model: ModelProto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    helper.set_model_props(model, {CARD_KEY: card.to_json()})
    content: bytes = model.SerializeToString()
    return content
