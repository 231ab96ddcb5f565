"""The routes of corrections: made, listed, removed, exported; and every bad input a clear 4xx."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tenfold.data import Images, load
from tenfold.data.formats import formats
from tenfold.data.png import encode_png
from tenfold.errors import InputError, StorageError
from tenfold.web import problems
from tenfold.web.pool import RequestPool
from tenfold.web.routes.corrections import router
from tenfold.web.service import Service
from tenfold.web.settings import ServiceSettings

ADDRESS = "/api/corrections"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = ServiceSettings(data_folder=tmp_path / "data")
    pool = RequestPool(2, 8, 30.0)
    service = cast("Service", SimpleNamespace(settings=settings, run=pool.run))
    app = FastAPI()
    problems.install(app)
    app.include_router(router(service))
    # A defect shall be seen as what it is: an answer of 500.
    yield TestClient(app, raise_server_exceptions=False)
    pool.close()


def digit(seed: int) -> Images:
    return np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def wanted(seed: int = 0, label: int = 7, **more: object) -> dict[str, object]:
    return {"placed": encoded(digit(seed).tobytes()), "label": label, **more}


def check_problem(response: Any, status: int) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]


def test_a_correction_is_made_listed_and_removed(client: TestClient) -> None:
    picture = encoded(encode_png(digit(9)))
    made = client.post(ADDRESS, json=wanted(guess=1, model="runs~first", picture=picture))
    assert made.status_code == 201
    shown = made.json()
    assert shown["placed"] == encoded(digit(0).tobytes())
    assert (shown["label"], shown["guess"], shown["model"]) == (7, 1, "runs~first")
    assert shown["created"].endswith("+00:00")
    known = {"formats": [*formats()]}
    assert client.get(ADDRESS).json() == {"corrections": [shown], "count": 1, **known}
    assert client.delete(f"{ADDRESS}/{shown['id']}").status_code == 204
    assert client.get(ADDRESS).json() == {"corrections": [], "count": 0, **known}
    check_problem(client.delete(f"{ADDRESS}/{shown['id']}"), 404)


def test_no_file_is_made_before_anyone_corrects(client: TestClient, tmp_path: Path) -> None:
    assert not (tmp_path / "data").exists()
    client.post(ADDRESS, json=wanted())
    assert (tmp_path / "data" / "corrections.sqlite").is_file()


def test_lists_go_on_where_they_ended(client: TestClient) -> None:
    numbers = [client.post(ADDRESS, json=wanted(n)).json()["id"] for n in range(5)]
    first = client.get(ADDRESS, params={"limit": 2}).json()
    rest = client.get(ADDRESS, params={"before": first["corrections"][-1]["id"]}).json()
    assert [c["id"] for c in (*first["corrections"], *rest["corrections"])] == numbers[::-1]
    assert first["count"] == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"placed": "?" * 1048},
        {"placed": "é" * 1048},
        {"placed": encoded(bytes(783))},
        {"placed": encoded(bytes(785))},
        {"placed": encoded(bytes(786))},
        {"placed": ""},
        {"placed": None},
        {"placed": "A" * 10**6},
        {"label": 10},
        {"label": -1},
        {"label": 7.5},
        {"label": "7"},
        {"label": True},
        {"label": None},
        {"label": 10**40},
        {"guess": 10},
        {"guess": "1"},
        {"model": ""},
        {"model": "x" * 201},
        {"model": "a\0b"},
        {"model": 7},
        {"picture": "?"},
        {"picture": ""},
        {"picture": encoded(b"no picture at all")},
        {"more": 1},
    ],
)
def test_what_is_no_correction_is_refused(client: TestClient, changes: dict[str, object]) -> None:
    check_problem(client.post(ADDRESS, json={**wanted(), **changes}), 422)
    assert client.get(ADDRESS).json()["count"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff\xfe", b'{"label": NaN}'])
def test_what_is_no_json_object_is_refused(client: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    check_problem(client.post(ADDRESS, content=body, headers=headers), 422)


def test_a_lone_surrogate_is_refused(client: TestClient) -> None:
    body = b'{"placed": "%s", "label": 1, "model": "\\ud800"}' % encoded(bytes(784)).encode()
    headers = {"Content-Type": "application/json"}
    check_problem(client.post(ADDRESS, content=body, headers=headers), 422)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "before=0", "before=-1", f"before={2**63}"]
)
def test_impossible_lists_are_refused(client: TestClient, query: str) -> None:
    check_problem(client.get(f"{ADDRESS}?{query}"), 422)


@pytest.mark.parametrize(
    ("number", "status"), [("0", 422), ("-1", 422), (str(2**63), 422), ("x", 422), ("77", 404)]
)
def test_impossible_removals_are_refused(client: TestClient, number: str, status: int) -> None:
    check_problem(client.delete(f"{ADDRESS}/{number}"), status)


@pytest.mark.parametrize("count", [1, 13])
@pytest.mark.parametrize("name", formats())
def test_every_format_is_exported_whole(
    client: TestClient, tmp_path: Path, name: str, count: int
) -> None:
    for number in range(count):
        client.post(ADDRESS, json=wanted(number, number % 10))
    response = client.get(f"{ADDRESS}/export", params={"format": name})
    assert response.status_code == 200, response.text
    file_name = response.headers["content-disposition"].partition('filename="')[2].rstrip('"')
    if name != "zip" and file_name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            archive.extractall(tmp_path)
        path = tmp_path / "corrections"
    else:
        path = tmp_path / file_name
        path.write_bytes(response.content)
        assert path.suffix
    data = load(path)
    parts = [data.splits[split] for split in ("train", "valid") if split in data.splits]
    found = sorted(
        (int(label), image.tobytes()) for part in parts for image, label in zip(*part, strict=True)
    )
    assert found == sorted((n % 10, digit(n).tobytes()) for n in range(count))


def test_exports_that_cannot_be_are_refused(client: TestClient) -> None:
    check_problem(client.get(f"{ADDRESS}/export"), 409)
    client.post(ADDRESS, json=wanted())
    check_problem(client.get(f"{ADDRESS}/export", params={"format": "../../etc"}), 404)
    assert client.get(f"{ADDRESS}/export").status_code == 200


def test_a_damaged_store_is_told_and_left(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "data" / "corrections.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"no database" * 1000)
    check_problem(client.get(ADDRESS), 507)
    assert path.read_bytes() == b"no database" * 1000


def test_a_database_that_was_named_is_opened_at_once(tmp_path: Path) -> None:
    path = tmp_path / "junk.sqlite"
    path.write_bytes(b"no database" * 1000)
    for url, error in ((f"sqlite:///{path}", StorageError), ("nonsense", InputError)):
        settings = ServiceSettings(data_folder=tmp_path / "data", database=url)
        with pytest.raises(error):
            router(cast("Service", SimpleNamespace(settings=settings)))
    router(
        cast("Service", SimpleNamespace(settings=ServiceSettings(data_folder=tmp_path / "data")))
    )
    assert not (tmp_path / "data").exists()
