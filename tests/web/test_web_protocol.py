"""The Open Inference Protocol, version 2: its answers, its errors, and a client of others."""

from __future__ import annotations

import json
import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from _rounding import probability_room
from tenfold.data import DataSet
from tenfold.exchange._network import from_model
from tenfold.models import load_bundled
from tenfold.web import tensors

INFER = "/v2/models/cnn-deep/infer"


@pytest.fixture
def images(drawn: DataSet) -> np.ndarray:
    return np.asarray(drawn.test.images[:3] / np.float32(255), np.float32)


@cache
def network_of(name: str) -> torch.nn.Module:
    return from_model(load_bundled(name)).scaled()


def apart(name: str, images: np.ndarray) -> float:
    """How far the answers of two sessions may lie apart, which have threads of their own."""
    return probability_room(network_of(name), images[:, None])


def asked(images: np.ndarray, **changes: Any) -> dict[str, Any]:
    tensor = {
        "name": "images",
        "shape": list(images.shape),
        "datatype": "FP32",
        "data": images.ravel().tolist(),
    }
    return {"inputs": [tensor | changes]}


def test_what_the_server_and_its_models_are(client: Any) -> None:
    assert client.get("/v2").json()["name"] == "tenfold"
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}
    assert client.get("/v2/models/digits/ready").json() == {"name": "digits", "ready": True}
    told = client.get("/v2/models/digits").json()
    assert told["inputs"] == [{"name": "images", "datatype": "FP32", "shape": [-1, 28, 28]}]
    assert told["outputs"] == [{"name": "probabilities", "datatype": "FP32", "shape": [-1, 10]}]


def test_a_server_that_is_about_to_end_is_not_ready(client: Any) -> None:
    client.app.state.service.pool.stopping = True
    answer = client.get("/v2/health/ready")
    assert answer.status_code == 503
    assert answer.headers["connection"] == "close"
    assert client.get("/v2/health/live").status_code == 200


@pytest.mark.parametrize("name", ["cnn-deep", "digits"])
def test_numbers_flat_or_nested_give_the_models_probabilities(
    client: Any, images: np.ndarray, name: str
) -> None:
    expected = load_bundled(name).predict_proba(images)
    for data in (images.ravel().tolist(), images.tolist()):
        body = asked(images, data=data) | {"id": "mine"}
        answer = client.post(f"/v2/models/{name}/infer", json=body)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["model_name"], told["id"]) == (name, "mine")
        (tensor,) = told["outputs"]
        assert (tensor["name"], tensor["shape"]) == ("probabilities", [3, 10])
        found = np.reshape(tensor["data"], (3, 10))
        np.testing.assert_allclose(found, expected, rtol=0, atol=apart(name, images))


def test_bytes_behind_the_json_give_the_same_and_come_back_so(
    client: Any, images: np.ndarray
) -> None:
    content = images.astype("<f4").tobytes()
    body = asked(images, parameters={"binary_data_size": len(content)})
    del body["inputs"][0]["data"]
    body["outputs"] = [{"name": "probabilities", "parameters": {"binary_data": True}}]
    head = json.dumps(body).encode()
    answer = client.post(INFER, content=head + content, headers={tensors.HEADER: str(len(head))})
    assert answer.status_code == 200, answer.text
    length = int(answer.headers[tensors.HEADER])
    (tensor,) = json.loads(answer.content[:length])["outputs"]
    assert tensor["parameters"]["binary_data_size"] == len(answer.content) - length == 120
    told = np.frombuffer(answer.content[length:], "<f4").reshape(3, 10)
    expected = load_bundled("cnn-deep").predict_proba(images)
    np.testing.assert_allclose(told, expected, rtol=0, atol=apart("cnn-deep", images))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "pictures"}, "pictures"),
        ({"datatype": "UINT8"}, "UINT8"),
        ({"shape": [3, 784]}, "[3, 784]"),
        ({"shape": [0, 28, 28], "data": []}, "[0, 28, 28]"),
        ({"shape": [5000, 28, 28]}, "[5000, 28, 28]"),
        ({"shape": [2, 28, 28]}, "2352 values"),
        ({"shape": [3, 28, -28]}, "-28"),
        ({"data": [[0.0] * 28] * 84}, "neither a list"),
        ({"data": [[[0.0] * 28] * 28] * 2 + [[[0.0] * 27] * 28]}, "neither a list"),
        ({"data": ["one"] * 2352}, "neither a list"),
        ({"data": None}, "neither a list"),
        ({"data": [2.0] * 2352}, "from 2 to 2"),
        ({"data": [-1] * 2352}, "from -1 to -1"),
        ({"data": [1e300] * 2352}, "from inf to inf"),
        ({"parameters": {"binary_data_size": 9408}}, "binary_data_size 9408"),
    ],
)
def test_a_wrong_tensor_is_told(
    client: Any, images: np.ndarray, changes: dict[str, Any], words: str
) -> None:
    answer = client.post(INFER, json=asked(images, **changes))
    assert answer.status_code == 422, answer.text
    assert words in answer.json()["detail"]
    assert answer.json()["error"] == answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "header", "status"),
    [
        (b"", None, 422),
        (b"{", None, 422),
        (b"[]", None, 422),
        (b'{"inputs": []}', None, 422),
        (b'{"inputs": [], "id": 7}', None, 422),
        (b"\xff\xfe", None, 422),
        (b"{}", "3", 422),
        (b"{}", "-1", 422),
        (b"{}", "\u00b2", 422),
        (b"{}", "x", 422),
    ],
)
def test_a_body_that_is_no_request_is_told(
    client: Any, body: bytes, header: str | None, status: int
) -> None:
    headers = {} if header is None else {tensors.HEADER: header.encode("latin-1")}
    answer = client.post(INFER, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_model_or_output_is_told(client: Any, images: np.ndarray) -> None:
    for path in ("/v2/models/none", "/v2/models/none/ready"):
        assert client.get(path).status_code == 404
    assert client.post("/v2/models/none/infer", json=asked(images)).status_code == 404
    body = asked(images) | {"outputs": [{"name": "logits"}]}
    assert "logits" in client.post(INFER, json=body).json()["detail"]


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_body_is_a_defect(client: Any, data: st.DataObject) -> None:
    body = bytearray(json.dumps(asked(np.zeros((1, 28, 28), np.float32))).encode())
    at = data.draw(st.integers(0, 120))
    body[at : at + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=6))
    header = data.draw(st.none() | st.integers(0, len(body) + 2).map(str))
    headers = {} if header is None else {tensors.HEADER: header}
    assert client.post(INFER, content=bytes(body), headers=headers).status_code in (200, 422)


def test_tritons_client_gets_on_with_it(run_service: Any, images: np.ndarray) -> None:
    running = run_service(workers=1)
    with warnings.catch_warnings():
        # Its own and its packages' old ways are not ours to mend.
        warnings.simplefilter("ignore")
        import tritonclient.http as triton
    with triton.InferenceServerClient(f"127.0.0.1:{running.port}") as client:
        assert client.is_server_live()
        assert client.is_server_ready()
        assert client.is_model_ready("digits")
        assert not client.is_model_ready("none")
        assert client.get_server_metadata()["name"] == "tenfold"
        assert client.get_model_metadata("digits")["inputs"][0]["shape"] == [-1, 28, 28]
        expected = load_bundled("digits").predict_proba(images)
        for binary in (True, False):
            given = triton.InferInput("images", list(images.shape), "FP32")
            given.set_data_from_numpy(images, binary_data=binary)
            wanted = triton.InferRequestedOutput("probabilities", binary_data=binary)
            answer = client.infer("digits", [given], outputs=[wanted], request_id="mine")
            found = answer.as_numpy("probabilities")
            np.testing.assert_allclose(found, expected, rtol=0, atol=apart("digits", images))
            assert answer.get_response()["id"] == "mine"
        with pytest.raises(triton.InferenceServerException, match="no model named 'none'"):
            client.infer("none", [given])
