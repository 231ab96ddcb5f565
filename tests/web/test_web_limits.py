"""How large a request may be and how long it may take, over real connections."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tenfold.web.limits import Limits
from tenfold.web.settings import ServiceSettings

HEAD = "POST /api/read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r\n"


def talk(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send pieces as they are, and return all that comes back until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                break
            time.sleep(pause)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionResetError:
            pass
        return answer


def told(answer: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return content


@pytest.fixture(scope="module")
def running(run_service: Any) -> Any:
    return run_service(most_bytes=100_000, most_seconds=3, header_seconds=1.0)


def test_a_body_is_refused_by_its_length_before_any_of_it_comes(running: Any) -> None:
    began = time.monotonic()
    answer = talk(running.port, f"{HEAD}Content-Length: 99999999\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
    assert told(answer)["type"] == "/problems/too-large"
    assert time.monotonic() - began < 8


def test_a_body_of_unknown_length_is_refused_while_it_comes(running: Any) -> None:
    chunk = b"%x\r\n%s\r\n" % (50_000, b"x" * 50_000)
    answer = talk(running.port, f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode(), *[chunk] * 4)
    assert answer.startswith(b"HTTP/1.1 413 ")
    # A common client sends all it has before it listens, and is told all the same.
    answer = httpx.post(f"{running.url}/api/read", content=iter([b"x" * 50_000] * 40))
    assert answer.status_code == 413
    answer = httpx.post(f"{running.url}/api/corrections", content=iter([b"x" * 50_000] * 40))
    assert answer.status_code == 413
    files = [("file", ("a", b"x" * 60_000))] * 2
    assert httpx.post(f"{running.url}/api/read", files=files).status_code == 413
    assert httpx.post(f"{running.url}/api/read", content=b"x" * 99_999).status_code == 422


@pytest.mark.slow
def test_a_body_that_drips_is_given_up(running: Any) -> None:
    for path in ("/api/read", "/api/corrections"):
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\n"
        answer = talk(running.port, head.encode(), *[b"x"] * 8, pause=0.5)
        assert answer.startswith(b"HTTP/1.1 408 "), path
        assert told(answer)["type"] == "/problems/too-slow"


def test_headers_are_short(running: Any) -> None:
    begun = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    # Longer than what is taken from a socket at once.
    long = b"x" * 600_000
    for head in (begun + b"X: " + long, begun + b"X: y\r\n" * 100_000, b"GET /" + long):
        answer = talk(running.port, head)
        assert answer.startswith(b"HTTP/1.1 400 ")
    answer = talk(running.port, b"nonsense\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
    assert b"content-security-policy" in answer.lower()
    assert told(answer)["status"] == 400
    assert httpx.get(f"{running.url}/v2/health/live", timeout=60).status_code == 200


def test_who_says_nothing_is_given_up(running: Any) -> None:
    began = time.monotonic()
    assert talk(running.port) == b""
    drips = [b"GET / HT", b"TP/1.1\r\n", *[b"X: y\r\n"] * 6]
    assert talk(running.port, *drips, pause=0.3) == b""
    # After an answer, a second request that is never finished.
    whole = b"GET /v2/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert talk(running.port, whole, b"GET / HTTP").count(b"HTTP/1.1 200") == 1
    assert time.monotonic() - began < 15


def test_all_bodies_together_are_bounded() -> None:
    limits = Limits(_read_all, ServiceSettings(most_bytes=1000, most_held=1500))
    statuses: list[int] = []

    async def ask(gate: asyncio.Event) -> None:
        pieces = [{"type": "http.request", "body": b"x" * 900, "more_body": True}]

        async def receive() -> dict[str, Any]:
            if pieces:
                return pieces.pop()
            await gate.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        scope = {"type": "http", "path": "/", "headers": [], "method": "POST"}
        await limits(scope, receive, send)

    async def ask_all() -> None:
        gate = asyncio.Event()
        first = asyncio.create_task(ask(gate))
        await asyncio.sleep(0)
        await ask(gate)
        assert statuses == [503]
        gate.set()
        await first
        await ask(gate)

    asyncio.run(ask_all())
    assert statuses == [503, 200, 200]
    assert limits._held == 0


async def _read_all(scope: Any, receive: Any, send: Any) -> None:
    from tenfold.web.problems import Problem, respond

    try:
        while (await receive())["more_body"]:
            pass
    except Problem as problem:
        await respond(problem)(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.slow
def test_when_it_is_full_it_says_so_at_once(run_service: Any, picture_of: Any) -> None:
    running = run_service(workers=1, most_waiting=2)
    # Pages that take a while.
    content = picture_of("4071938265", height=90)
    statuses: list[int] = []
    lock = threading.Lock()

    def ask(_number: int) -> None:
        with httpx.Client(base_url=running.url, timeout=60) as client:
            for _round in range(2):
                answer = client.post("/api/read", content=content)
                with lock:
                    statuses.append(answer.status_code)
                if answer.status_code == 503:
                    assert answer.headers["retry-after"] == "1"
                    assert answer.json()["type"] == "/problems/busy"

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(ask, range(12)))
    assert len(statuses) == 24
    assert set(statuses) == {200, 503}
    assert httpx.post(f"{running.url}/api/read", content=content, timeout=60).status_code == 200
