"""ONNX files of other programs: what they answer, converted, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tenfold.errors import InputError, ModelError
from tenfold.exchange import convert_model
from tenfold.models import load_bundled, load_model

WEIGHTS = np.random.default_rng(3).normal(0, 0.05, (784, 10)).astype(np.float32)
IMAGES = np.random.default_rng(4).random((5, 28, 28), np.float32)
FLATTENED = helper.make_node("Flatten", ["x"], ["flat"])


def constant(values: object, name: str, dtype: Any = np.float32) -> TensorProto:
    return numpy_helper.from_array(np.asarray(values, dtype), name)


def model(
    shape: Sequence[Any] = ("N", 784),
    kind: int = TensorProto.FLOAT,
    nodes: Sequence[onnx.NodeProto] = (FLATTENED,),
    constants: Sequence[TensorProto] = (),
    last: Sequence[onnx.NodeProto] = (),
    opset: int = 13,
) -> onnx.ModelProto:
    """A linear network: ``nodes`` make "flat" [N, 784] of "x", ``last`` an answer of "y"."""
    weights = constant(WEIGHTS, "w")
    cast = helper.make_node("Cast", ["flat"], ["f"], to=TensorProto.FLOAT)
    product = helper.make_node("MatMul", ["f", "w"], ["y"])
    every = [*nodes, cast, product, *last]
    graph = helper.make_graph(
        every,
        "g",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info(every[-1].output[0], TensorProto.FLOAT, None)],
        [weights, *constants],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="other"
    )


def softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    shifted = np.exp(logits - logits.max(1, keepdims=True))
    return shifted / shifted.sum(1, keepdims=True)


def one(operator: str, *inputs: str, **settings: Any) -> onnx.NodeProto:
    return helper.make_node(operator, ["y", *inputs], ["z"], **settings)


def reshaped(*sizes: int, **settings: int) -> dict[str, Any]:
    """A network that spells out the shape of what it flattens, as exporters write it."""
    return {
        "nodes": [helper.make_node("Reshape", ["x", "s"], ["flat"], **settings)],
        "constants": [constant(sizes, "s", np.int64)],
    }


@pytest.fixture
def converted(tmp_path: Path) -> Any:
    def convert(proto: onnx.ModelProto | bytes, pixels: Any = None) -> Any:
        content = proto if isinstance(proto, bytes) else proto.SerializeToString()
        (tmp_path / "their net.onnx").write_bytes(content)
        return load_model(convert_model(tmp_path / "their net.onnx", pixels=pixels))

    return convert


@pytest.mark.parametrize(
    ("proto", "pixels", "scale"),
    [
        (model(), None, lambda unit: unit),
        (model(["N", 1, 28, 28]), "bytes", lambda unit: unit * 255),
        (model([None, 28, 28, 1]), "signed", lambda unit: unit * 2 - 1),
        (model(["N", 28, 28]), "standardized", lambda unit: (unit - 0.1307) / 0.3081),
        (model([None, None, None, None]), "unit", lambda unit: unit),
        (model(kind=TensorProto.DOUBLE), None, lambda unit: unit),
        (model(kind=TensorProto.UINT8), None, lambda unit: np.round(unit * 255)),
        (model([1, 1, 28, 28]), None, lambda unit: unit),
        (model([1, 1, 28, 28], **reshaped(1, -1)), None, lambda unit: unit),
        (model([1, 28, 28], opset=18, **reshaped(1, 784, allowzero=1)), None, lambda unit: unit),
        (model([7, 28, 28, 1], **reshaped(7, 784)), None, lambda unit: unit),
        (model(opset=7), None, lambda unit: unit),
        (model(last=[one("Softmax", axis=1)]), None, lambda unit: unit),
        (model(last=[one("LogSoftmax", axis=1)]), None, lambda unit: unit),
    ],
)
def test_a_converted_network_answers_as_it_did(
    converted: Any, proto: onnx.ModelProto, pixels: Any, scale: Any
) -> None:
    expected = softmax(scale(IMAGES).reshape(-1, 784).astype(np.float32) @ WEIGHTS)
    found = converted(proto, pixels)
    np.testing.assert_allclose(found.predict_proba(IMAGES), expected, atol=1e-4)
    np.testing.assert_allclose(found.predict_proba(IMAGES[:1]), expected[:1], atol=1e-4)


def test_the_card_says_where_it_is_from(converted: Any) -> None:
    card = converted(model(["N", 28, 28, 1], last=[one("Softmax", axis=1)])).card
    assert card.name == "their-net"
    told = {**card.training}
    assert len(told.pop("sha256")) == 64
    assert told == {
        "converted_from": "their net.onnx",
        "software": "other",
        "pixels": "unit",
        "pixels_assumed": True,
        "takes": ["N", 28, 28, 1],
        "gives": "probabilities",
    }
    assert not converted(model(), "bytes").card.training["pixels_assumed"]
    assert converted(model(kind=TensorProto.UINT8)).card.training["pixels"] == "bytes"


def test_what_is_written_is_beside_the_file_and_never_over_it(tmp_path: Path) -> None:
    source = tmp_path / "net.onnx"
    source.write_bytes(model().SerializeToString())
    assert convert_model(source) == tmp_path / "net-converted.onnx"
    with pytest.raises(InputError, match="would replace the file itself"):
        convert_model(source, source)


def several_inputs() -> onnx.ModelProto:
    proto = model(last=[one("Add", "more")])
    proto.graph.input.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, [10]))
    return proto


@pytest.mark.parametrize(
    ("proto", "message"),
    [
        (
            model(["N", 3, 28, 28], **reshaped(-1, 784)),
            r"takes \['N', 3, 28, 28\]; expected \[N, 1, 28, 28\]",
        ),
        (model([28, 28], **reshaped(-1, 784)), "expected \\[N, 1, 28, 28\\]"),
        (several_inputs(), "takes 'x' tensor\\(float\\), 'more' tensor\\(float\\); expected one"),
        (model(last=[one("Concat", "y", axis=1)]), "ten numbers for each"),
        (model(last=[one("ReduceMax", axes=[0], keepdims=1)]), "ten numbers|answers otherwise"),
        (model(last=[one("Softmax", axis=0)]), "answers otherwise"),
        (model(last=[one("Sigmoid")]), "ends in Sigmoid"),
        (model(last=[one("Sqrt")]), "finite numbers"),
        (model(last=[one("Loop")]), "the operator 'Loop'"),
        (load_bundled("cnn-deep").content, "model file of Tenfold's already"),
        (model(opset=6), "of version 6; expected 7"),
        (b"\x08\x07" + bytes(40), "not an ONNX model"),
    ],
)
def test_what_cannot_be_converted_is_refused(
    converted: Any, proto: onnx.ModelProto | bytes, message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        converted(proto)


def test_whole_numbers_are_bytes_and_words_are_known(converted: Any) -> None:
    with pytest.raises(InputError, match="takes whole numbers; expected bytes"):
        converted(model(kind=TensorProto.UINT8), "unit")
    with pytest.raises(InputError, match="expected unit, bytes, signed, standardized"):
        converted(model(), "inverted")
