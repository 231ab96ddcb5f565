"""The routes that look inside a model."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest

from _rounding import UNIT
from _waiting import wait_for
from tenfold.data import DataSet

BLANK = base64.b64encode(bytes(784)).decode()


def encoded(image: Any) -> str:
    return base64.b64encode(image.tobytes()).decode()


@pytest.fixture
def with_data(drawn: DataSet, monkeypatch: pytest.MonkeyPatch) -> DataSet:
    """Drawn digits where the cache has MNIST."""
    monkeypatch.setattr("tenfold.insight.index_cache.read_cache", lambda _folder: drawn)
    return drawn


def patiently(ask: Callable[[], Any]) -> Any:
    """Ask until the answer is there; return how often it was not, and the answer."""
    early: list[Any] = []

    def asked() -> Any:
        answer = ask()
        if answer.status_code != 202:
            return answer
        assert 1 <= int(answer.headers["retry-after"]) <= 10
        assert 0 <= answer.json()["progress"] <= 1
        assert "Ask again" in answer.json()["detail"]
        early.append(answer)
        return None

    answer = wait_for(asked)
    return len(early), answer


def test_layers_and_occlusion_of_a_digit(client: Any, drawn: DataSet) -> None:
    answer = client.post("/api/insight", json={"placed": encoded(drawn.test.images[0])})
    assert answer.status_code == 200
    told = answer.json()
    assert told["label"] == drawn.test.labels[0]
    assert [layer["kind"] for layer in told["layers"]] == [
        *["convolution"] * 4,
        *["dense"] * 2,
        "answer",
    ]
    for layer in told["layers"]:
        for one in layer["maps"]:
            assert len(base64.b64decode(one)) == layer["width"] * layer["height"]
    first = told["layers"][0]
    assert (first["shape"], len(first["maps"])) == ([24, 14, 14], 24)
    assert (told["occlusion"]["width"], told["occlusion"]["height"]) == (28, 28)
    assert max(base64.b64decode(told["occlusion"]["values"])) == 255


def test_an_empty_picture_has_an_inside_too(client: Any) -> None:
    answer = client.post("/api/insight", json={"model": "cnn-deep", "placed": BLANK})
    assert answer.status_code == 200
    assert not any(base64.b64decode(answer.json()["occlusion"]["values"]))


def test_words_come_in_the_language_asked_for(client: Any) -> None:
    answer = client.post(
        "/api/insight", json={"placed": BLANK}, headers={"Accept-Language": "zh-CN"}
    )
    assert answer.json()["layers"][0]["name"].startswith("卷积 1")


@pytest.mark.parametrize("path", ["/api/insight", "/api/neighbors"])
@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"placed": "!" + BLANK[1:]}, 422, "placed is not base64"),
        ({"placed": BLANK[:-4] + "AAA="}, 422, "Received 785 bytes"),
        ({"placed": BLANK[:-4]}, 422, "placed"),
        ({"placed": "é" * len(BLANK)}, 422, "placed is not base64"),
        ({"placed": 7}, 422, "placed"),
        ({"placed": BLANK, "model": "../../etc/passwd"}, 404, "There is no model"),
        ({"placed": BLANK, "model": ""}, 422, "model"),
        ({"placed": BLANK, "more": 1}, 422, "more"),
        ({}, 422, "placed"),
    ],
)
def test_a_wrong_request_is_a_problem(
    client: Any, path: str, wrong: dict[str, Any], status: int, words: str
) -> None:
    answer = client.post(path, json=wrong)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("count", [0, 51, 1.5, "3", None])
def test_a_count_out_of_range_is_a_problem(client: Any, count: Any) -> None:
    answer = client.post("/api/neighbors", json={"placed": BLANK, "count": count})
    assert answer.status_code == 422
    assert "count" in answer.json()["detail"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_mnist_it_is_said_how_to_fetch_it(client: Any, language: str) -> None:
    headers = {"Accept-Language": language}
    for answer in (
        client.post("/api/neighbors", json={"placed": BLANK}, headers=headers),
        client.get("/api/map", headers=headers),
    ):
        assert answer.status_code == 409
        assert answer.headers["content-type"] == "application/problem+json"
        assert "tenfold data fetch mnist" in answer.json()["detail"]
        assert ("缓存" in answer.json()["detail"]) == (language == "zh")


def test_neighbors_and_a_place_on_the_map(client: Any, with_data: DataSet) -> None:
    placed = encoded(with_data.train.images[9])
    early, answer = patiently(
        lambda: client.post("/api/neighbors", json={"placed": placed, "count": 5})
    )
    assert early >= 1
    told = answer.json()
    assert len(told["neighbors"]) == 5
    nearest = told["neighbors"][0]
    assert (nearest["index"], nearest["placed"]) == (9, placed)
    assert nearest["label"] == with_data.train.labels[9]
    distances = [one["distance"] for one in told["neighbors"]]
    assert distances == sorted(distances)
    # Three sums of 128 squares of a unit vector.
    assert distances[0] == pytest.approx(0, abs=3 * 128 * UNIT)

    points = client.get(told["map"]["points"]).json()["points"]
    assert len(points) == 300
    order = np.random.default_rng(0).permutation(300)
    assert [point["label"] for point in points] == with_data.test.labels[order].tolist()
    shown = encoded(with_data.test.images[order[4]])
    place = client.post("/api/neighbors", json={"placed": shown}).json()["map"]
    # Sums of 3,136 products, of many images and of one, on a map that is 2 wide.
    expected = pytest.approx((points[4]["x"], points[4]["y"]), abs=4 * 3136 * UNIT)
    assert (place["x"], place["y"]) == expected


def test_the_map_of_another_model_is_made_when_it_is_asked_for(
    client: Any, with_data: DataSet
) -> None:
    early, answer = patiently(lambda: client.get("/api/map", params={"model": "cnn-deep"}))
    assert early >= 1
    assert answer.status_code == 200
    assert client.get("/api/map", params={"model": "none"}).status_code == 404


def test_a_service_that_ends_gives_up_what_is_being_made(
    make_client: Any, with_data: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(_network: object, _data: object, report: Callable[[float], None]) -> None:
        while True:
            report(0.5)
            time.sleep(0.01)

    monkeypatch.setattr("tenfold.insight.index_cache.build_index", endless)
    before = set(threading.enumerate())
    with ExitStack() as opened:
        client = make_client()
        opened.callback(client.__exit__)
        assert client.get("/api/map").status_code == 202
        made = [one for one in set(threading.enumerate()) - before if "_make" in one.name]
        assert len(made) == 1
    assert not made[0].is_alive()
