"""The page's files and the description: by name, with their types, from here alone."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from tenfold.web.files import Files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site" / "deep").mkdir(parents=True)
    (tmp_path / "site" / "index.html").write_text("<!doctype html>")
    (tmp_path / "site" / "deep" / "module.js").write_text("export {};")
    (tmp_path / "site" / "notes.py").write_text("")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "site"


def request(**headers: str) -> Any:
    return SimpleNamespace(headers={name.replace("_", "-"): v for name, v in headers.items()})


def test_files_have_their_types_and_a_browser_asks_again(folder: Path) -> None:
    files = Files(folder)
    first = files.answer("deep/module.js", request())
    assert first.body == b"export {};"
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    for known in (tag, f'"other", W/{tag}'):
        again = files.answer("deep/module.js", request(if_none_match=known))
        assert (again.status_code, again.body) == (304, b"")
    (folder / "deep" / "module.js").write_text("export { changed };")
    assert files.answer("deep/module.js", request(if_none_match=tag)).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "notes.py", "deep", "deep/", "/index.html", "", ".", "deep/../index.html"],
)
def test_other_names_are_unknown(folder: Path, name: str) -> None:
    with pytest.raises(HTTPException):
        Files(folder).answer(name, request())


def test_a_list_may_be_shorter_than_the_folder_and_a_file_may_go(folder: Path) -> None:
    files = Files(folder, only=["index.html"])
    assert files.answer("index.html", request()).status_code == 200
    with pytest.raises(HTTPException):
        files.answer("deep/module.js", request())
    (folder / "index.html").unlink()
    with pytest.raises(HTTPException):
        files.answer("index.html", request())


def test_no_path_of_a_request_reaches_the_disk(client: Any) -> None:
    for path in (
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/docs/%2e%2e%2f__init__.py",
        "/static/%00",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_pages_texts_are_spoken_by_the_catalogs_of_all(client: Any) -> None:
    english, chinese = (client.get(f"/static/languages/{code}.json") for code in ("en", "zh"))
    assert english.json()["draw.undo"] == "Undo"
    assert chinese.json()["draw.undo"] == "撤销"
    # The places to fill in stay; the page fills them in.
    assert chinese.json()["answer.left.many"] == "有 {count} 处笔迹未读"
    assert english.json().keys() == chinese.json().keys()
    known = {"If-None-Match": chinese.headers["etag"]}
    assert client.get("/static/languages/zh.json", headers=known).status_code == 304
    for name in ("fr.json", "zh.toml", "zh.json.json", ".json"):
        assert client.get(f"/static/languages/{name}").status_code == 404, name


def test_the_description_comes_from_here_and_runs_under_the_policy(client: Any) -> None:
    page = client.get("/docs").text
    for address in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert address.startswith("/docs/")
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.content
    assert not re.search(r"<script[^>]*>[^<]", page), "no inline script"
    assert "<style" not in page
    assert "style=" not in page
    assert client.get("/docs/swagger-ui-bundle.js.map").status_code == 404


def test_everything_is_described_with_examples(client: Any) -> None:
    told = client.get("/openapi.json").json()
    assert told["openapi"] == "3.0.3"
    routes = {
        (method, path)
        for path, methods in told["paths"].items()
        for method in methods
        if method != "parameters"
    }
    assert {("post", "/api/read"), ("get", "/api/models"), ("get", "/metrics")} <= routes
    assert ("post", "/v2/models/{name}/infer") in routes
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], path
            assert "default" in operation["responses"], (method, path)
            assert "422" not in operation["responses"], (method, path)
    text = str(told)
    assert "HTTPValidationError" not in text
    assert "'null'" not in text
    infer = told["paths"]["/v2/models/{name}/infer"]["post"]["requestBody"]["content"]
    example = infer["application/json"]["example"]
    assert client.post("/v2/models/digits/infer", json=example).status_code == 200


def test_the_token_is_described_where_one_is_wanted(make_client: Any) -> None:
    assert "security" not in make_client().app.openapi()
    told = make_client(token="x" * 16).app.openapi()
    assert told["security"] == [{"token": []}]
    assert told["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_what_is_counted_is_shown(client: Any, picture_of: Any) -> None:
    client.post("/api/read", content=picture_of("407"))
    client.get("/none")
    client.request("BREW", "/api/models")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.text
    for line in (
        'tenfold_requests_total{method="POST",route="/api/read",status="200"} 1.0',
        'tenfold_requests_total{method="GET",route="none",status="404"} 1.0',
        'tenfold_pictures_total{model="digits"} 1.0',
        'tenfold_digits_total{accepted="true",model="digits"} 3.0',
        'tenfold_request_seconds_count{route="/api/read"} 1.0',
        "tenfold_waiting 0.0",
    ):
        assert line in text
    assert 'method="other"' in text
    assert "BREW" not in text
