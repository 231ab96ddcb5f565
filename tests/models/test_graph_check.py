"""What an ONNX file may ask for, before ONNX Runtime sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tenfold.errors import ModelError
from tenfold.models import bundled_names, load_bundled, load_bundled_lines
from tenfold.models.graph_check import check_graph


def file(nodes: Sequence[onnx.NodeProto], weights: Sequence[TensorProto] = ()) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, "g", [], [], list(weights))
    return helper.make_model(graph)


def node(operator: str = "Relu", **settings: Any) -> onnx.NodeProto:
    return helper.make_node(operator, ["x"], ["y"], **settings)


def weight(values: object = (1.0, 2.0)) -> TensorProto:
    return onnx.numpy_helper.from_array(np.asarray(values, np.float32), "w")


def elsewhere() -> TensorProto:
    tensor = weight()
    tensor.data_location = TensorProto.EXTERNAL
    return tensor


def named_elsewhere() -> TensorProto:
    tensor = weight()
    tensor.external_data.add(key="location", value="secret.bin")
    return tensor


def claiming(*dims: int) -> TensorProto:
    tensor = weight()
    tensor.dims[:] = dims
    return tensor


INNER = helper.make_graph([node()], "inner", [], [])
SPARSE = helper.make_sparse_tensor(
    weight(), onnx.numpy_helper.from_array(np.array([0, 9**9]), "i"), [9**10]
)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (file([node("Loop", body=INNER)]), "the operator 'Loop'"),
        (file([node("Relu", body=INNER)]), "holds a network itself"),
        (file([node("Relu", branches=[INNER])]), "holds a network itself"),
        (file([node("Scan")]), "the operator 'Scan'"),
        (file([node("ConstantOfShape")]), "the operator 'ConstantOfShape'"),
        (file([node("Relu\x1b[31m")]), r"the operator 'Relu[^\x1b]+\[31m'"),
        (file([node("Relu", domain="com.evil")]), "the operator 'com.evil.Relu'"),
        (file([onnx.NodeProto()]), "the operator ''"),
        (file([node()] * 20_001), "20001 operators"),
        (file([node("MaxPool", kernel_shape=[1025, 1])]), "is 1025; expected 0 to 1024"),
        (file([node("Conv", pads=[0, -1, 0, 0])]), "is -1; expected 0"),
        (file([node()], [elsewhere()]), "weights in another file"),
        (file([node()], [named_elsewhere()]), "weights in another file"),
        (file([node("Constant", value=elsewhere())]), "weights in another file"),
        (file([node("Constant", values=[weight(), elsewhere()])]), "weights in another file"),
        (file([node()], [claiming(10**6)]), "claims weights of shape"),
        (file([node()], [claiming(-1)]), "claims weights of shape"),
        (file([node()], [claiming(*[1] * 17)]), "claims weights of shape"),
        (file([node("Constant", value=claiming(2**40))]), "claims weights of shape"),
        (file([node("Constant", sparse_value=SPARSE)]), "sparse weights"),
    ],
)
def test_more_than_a_plain_network_is_refused(model: onnx.ModelProto, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        check_graph(model.SerializeToString())


def test_sparse_weights_and_functions_of_the_file_are_refused() -> None:
    sparse = file([node()])
    sparse.graph.sparse_initializer.append(SPARSE)
    with pytest.raises(ModelError, match="sparse weights"):
        check_graph(sparse.SerializeToString())
    with_function = file([node()])
    function = helper.make_function("", "Relu", ["x"], ["y"], [node("Loop")], [])
    with_function.functions.append(function)
    with pytest.raises(ModelError, match="functions of its own"):
        check_graph(with_function.SerializeToString())


def test_a_second_value_of_a_field_is_looked_at_too() -> None:
    # Protobuf's readers take the last of a text, and join messages.
    fine = file([node()]).SerializeToString()
    with pytest.raises(ModelError, match="'Loop'"):
        check_graph(fine + file([node("Loop")]).SerializeToString())
    twice = node().SerializeToString() + onnx.NodeProto(op_type="If").SerializeToString()
    with pytest.raises(ModelError, match="'If'"):
        check_graph(bytes([0x3A, len(twice) + 2, 0x0A, len(twice)]) + twice)


@pytest.mark.parametrize(
    "content",
    [
        b"\x3a\x05\x0a",
        b"\x0b",
        b"\xff" * 12,
        b"\x3a" + b"\xff" * 4,
        b"\x38\x01",
        b"\xba\x80\x80\x80\x80\x01\x00",
        b"\x3a\x02\x08\x01",
    ],
)
def test_bytes_that_are_no_protobuf_are_refused(content: bytes) -> None:
    with pytest.raises(ModelError, match="not an ONNX model"):
        check_graph(content)


def test_plain_networks_are_let_pass() -> None:
    check_graph(load_bundled_lines().content)
    for name in bundled_names():
        check_graph(load_bundled(name).content)
    old_slice = node("Slice", starts=[0], ends=[2**63 - 1], axes=[-1])
    check_graph(
        file([old_slice, node("Gemm", alpha=0.5)], [weight(), weight(2.0)]).SerializeToString()
    )
