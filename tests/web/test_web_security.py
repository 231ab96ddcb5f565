"""Who is let in, and what every answer carries."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI

from tenfold.errors import InputError
from tenfold.web import ServiceSettings
from tenfold.web.security import COOKIE, HEADERS
from tenfold.web.settings import is_loopback

TOKEN = "a token of some length"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_other_addresses_than_loopback_need_a_token(host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(InputError, match="a token is needed"):
        ServiceSettings(host=host)
    assert ServiceSettings(host=host, token=TOKEN).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "::1"])
def test_loopback_needs_none(host: str) -> None:
    assert ServiceSettings(host=host).token is None


def test_a_short_token_is_refused_and_none_is_shown() -> None:
    with pytest.raises(InputError, match="has 15 characters; expected at least 16"):
        ServiceSettings(token="x" * 15)
    assert TOKEN not in repr(ServiceSettings(token=TOKEN, database="sqlite:///secret"))


def test_limits_are_above_zero() -> None:
    with pytest.raises(InputError, match="zero or less"):
        ServiceSettings(workers=0)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "10.0.0.1"])
def test_a_request_for_another_host_is_refused(client: Any, host: str) -> None:
    answer = client.get("/api/models", headers={"Host": host})
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/wrong-host"


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "127.0.0.1:8000", "[::1]:80"])
def test_a_request_for_this_host_is_let_in(client: Any, host: str) -> None:
    assert client.get("/v2/health/live", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:9999",
        "http://localhost",
        "http://[",
        "http://127.0.0.1:99999999",
        "",
    ],
)
def test_a_page_of_another_origin_changes_nothing(client: Any, origin: str) -> None:
    for method in ("POST", "DELETE", "PUT", "PATCH"):
        answer = client.request(method, "/api/read", headers={"Origin": origin})
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/wrong-origin"


def test_the_own_page_and_programs_are_let_in(client: Any) -> None:
    for headers in ({"Origin": "http://127.0.0.1"}, {"Origin": "http://127.0.0.1:80"}, {}):
        assert client.post("/api/read", content=b"x", headers=headers).status_code == 422


@pytest.fixture
def guarded(make_client: Any) -> Any:
    return make_client(token=TOKEN, host="0.0.0.0")


def test_with_a_token_nothing_is_had_without_it(guarded: Any) -> None:
    paths = ("/", "/api/models", "/docs", "/openapi.json", "/metrics", "/v2/health/live", "/none")
    for path in paths:
        for headers in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": f"Bearer {TOKEN}x"},
            {"Authorization": f"Basic {TOKEN}"},
            {"Authorization": b"Bearer \xff\xfe"},
            {"Cookie": f"{COOKIE}={TOKEN}"},
            {"Cookie": f"{COOKIE}=\xe9".encode("latin-1")},
        ):
            answer = guarded.get(path, headers=headers)
            assert answer.status_code == 401, (path, headers)
            assert answer.headers["www-authenticate"] == "Bearer"
    assert guarded.get("/api/models", params={"token": TOKEN}).status_code == 401


def test_a_program_brings_the_token_in_a_header(guarded: Any) -> None:
    for scheme in ("Bearer", "bearer"):
        headers = {"Authorization": f"{scheme} {TOKEN}", "Host": "any.example"}
        assert guarded.get("/api/models", headers=headers).status_code == 200


def test_a_browser_brings_it_once_and_keeps_a_cookie(guarded: Any) -> None:
    assert guarded.get("/", params={"token": "wrong"}).status_code == 401
    answer = guarded.get("/", params={"token": TOKEN}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert guarded.get("/api/models").status_code == 200
    guarded.cookies.clear()
    assert guarded.get("/api/models").status_code == 401


def test_a_token_of_any_characters_works(make_client: Any) -> None:
    token = "令牌 é %&+ 0123456789"
    client = make_client(token=token)
    headers = {"Authorization": b"Bearer " + token.encode()}
    assert client.get("/api/models", headers=headers).status_code == 200
    answer = client.get("/", params={"token": token}, follow_redirects=False)
    assert answer.status_code == 303


def test_a_cookie_goes_over_https_alone_where_the_page_came_so(make_client: Any) -> None:
    client = make_client(token=TOKEN)
    answer = client.get(f"https://x.example/?token={TOKEN}", follow_redirects=False)
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/health/live", 200),
        ("HEAD", "/v2/health/live", 200),
        ("GET", "/nothing", 404),
        ("GET", "/static/nothing.js", 404),
        ("GET", "/docs/nothing.js", 404),
        ("POST", "/api/models", 405),
        ("POST", "/api/read", 422),
        ("GET", "/docs", 200),
        ("GET", "/broken", 500),
    ],
)
def test_every_answer_carries_the_headers(
    client: Any, method: str, path: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    app: FastAPI = client.app

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("a secret")

    answer = client.request(method, path)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "secret" not in answer.text
    assert ("a secret" in caplog.text) == (status == 500)
    assert (answer.text == "") == (method == "HEAD")
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


def test_nothing_inline_and_nothing_from_elsewhere_is_allowed() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    for loose in ("unsafe", "http:", "https:", "*"):
        assert loose not in policy
    assert "frame-ancestors 'none'" in policy
    assert HEADERS["Permissions-Policy"].startswith("camera=(self)")
