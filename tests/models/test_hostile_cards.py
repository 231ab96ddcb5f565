"""Cards and networks that nobody should trust: each is one sentence, none a crash."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from onnx import helper

from _tiny_models import WEIGHTS, layered, tiny_card, tiny_model
from tenfold.errors import ModelError
from tenfold.models import Card, Model, load_model, probe_images

CARD = tiny_card([0] * 10).to_json()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (CARD.replace('"version":1', '"version":99999'), "version 99999; this Tenfold knows 1"),
        (CARD.replace('"version":1', '"version":2,"news":[]'), "version 2; this Tenfold knows 1"),
        (CARD.replace('"version":1', '"version":"1"'), "damaged"),
        (
            CARD.replace('"recipe":{}', '"recipe":{"a":' + "[" * 50_000 + "]" * 50_000 + "}"),
            "damaged",
        ),
        (CARD.replace('"scores":{}', '"scores":7'), "damaged"),
        (CARD.replace('"0","1"', '"1","0"'), "classes '1', '0'"),
        (CARD.replace('"tolerance":0.001', '"tolerance":1e300'), "damaged"),
    ],
)
def test_a_card_that_is_none_of_ours_is_refused(content: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Card.from_json(content)


@pytest.mark.parametrize("temperature", ["warm", 0, -1, True, None, float("inf")])
def test_a_temperature_is_a_number_above_zero(temperature: object) -> None:
    card = msgspec.structs.replace(
        tiny_card([0] * 10), training={"calibration": {"temperature": temperature}}
    )
    with pytest.raises(ModelError, match="expected a number above 0"):
        assert card.temperature


def test_a_card_that_is_no_text_is_refused() -> None:
    content = tiny_model().replace(b'"license":"MIT"', b'"license":"M\xff\xfe"')
    with pytest.raises(ModelError, match="card is damaged"):
        Model(content)


def test_a_network_whose_probe_is_no_number_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "nan.onnx"
    path.write_bytes(tiny_model(WEIGHTS * np.float32(np.nan), probe=tiny_card([0] * 10).probe))
    with pytest.raises(ModelError, match=r"nan\.onnx: .*not finite"):
        load_model(path)


def test_one_that_knows_its_probe_alone_is_told_when_it_is_asked() -> None:
    # The square root of what is negative for any image brighter than the probe.
    bright = probe_images().sum() + 1
    nodes = [
        helper.make_node("ReduceSum", ["flat", "axis"], ["sum"]),
        helper.make_node("Sub", ["bright", "sum"], ["left"]),
        helper.make_node("Sqrt", ["left"], ["root"]),
        helper.make_node("Mul", ["flat", "root"], ["product"]),
    ]
    logits = probe_images().reshape(1, 784) @ WEIGHTS
    constants = (("axis", np.array([1])), ("bright", np.array([bright], np.float32)))
    model = Model(layered(nodes, "product", WEIGHTS, tiny_card(logits[0]), *constants))
    white = np.ones((1, 28, 28), np.float32)
    with pytest.raises(ModelError, match="not finite"):
        model.predict_proba(white)
    with pytest.raises(ModelError, match="not finite"):
        model.judge(white)


def test_one_that_takes_no_batch_is_told_when_it_is_asked() -> None:
    nodes = [helper.make_node("Reshape", ["images", "shape"], ["one"])]
    logits = probe_images().reshape(1, 784) @ WEIGHTS
    card = tiny_card(logits[0])
    model = Model(layered(nodes, "one", WEIGHTS, card, ("shape", np.array([1, 784]))))
    with pytest.raises(ModelError, match="cannot be run"):
        model.predict_proba(np.zeros((2, 28, 28), np.uint8))


def test_one_that_answers_once_for_all_is_told_when_it_is_asked() -> None:
    nodes = [helper.make_node("ReduceMax", ["flat"], ["most"], axes=[0], keepdims=1)]
    logits = probe_images().reshape(1, 784) @ WEIGHTS
    model = Model(layered(nodes, "most", WEIGHTS, tiny_card(logits[0])))
    with pytest.raises(ModelError, match=r"shape \[1, 10\] for 2 inputs"):
        model.predict_proba(np.zeros((2, 28, 28), np.uint8))


def test_a_loop_is_refused_before_it_runs() -> None:
    # Looked at here as any model file is opened; test_graph_check.py tries the rest.
    content = tiny_model().replace(b"Flatten", b"MyLoop.")
    with pytest.raises(ModelError, match="only plain layers"):
        Model(content)
