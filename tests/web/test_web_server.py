"""A real process: it ends in peace, and says why it cannot begin."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from _waiting import wait_for
from tenfold.errors import InputError
from tenfold.web.server import address, listen
from tenfold.web.settings import ServiceSettings


class Clients:
    """Clients that ask all the time, and keep what becomes of each request."""

    def __init__(self, port: int, head: bytes, body: bytes, count: int) -> None:
        self.answered = 0
        self.lost = 0
        self.refused = 0
        self.told = float("inf")
        self.statuses: set[bytes] = set()
        self._request = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
        self._port = port
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _ask(self) -> None:
        while True:
            try:
                connection = socket.create_connection(("127.0.0.1", self._port), timeout=30)
            except OSError:
                with self._lock:
                    self.refused += 1
                return
            with connection:
                if not self._ask_on(connection):
                    return

    def _ask_on(self, connection: socket.socket) -> bool:
        """Ask until the connection is closed; return whether it was after a whole answer."""
        while True:
            sent = time.monotonic()
            try:
                connection.sendall(self._request)
                answer = self._answer(connection)
            except OSError:
                answer = b""
            with self._lock:
                if not answer:
                    # What is sent while the service closes may never have reached it.
                    self.lost += sent < self.told
                    self.refused += sent >= self.told
                    return False
                self.answered += 1
                self.statuses.add(answer[9:12])
            if b"connection: close" in answer.lower():
                return True

    def _answer(self, connection: socket.socket) -> bytes:
        answer = b""
        while b"\r\n\r\n" not in answer:
            chunk = connection.recv(65536)
            if not chunk:
                return b""
            answer += chunk
        head, _blank, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < length:
            chunk = connection.recv(65536)
            if not chunk:
                return b""
            body += chunk
        return head


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_under_load_it_answers_what_it_accepted(
    run_service: Any, picture_of: Any, number: signal.Signals
) -> None:
    running = run_service(workers=2)
    head = b"POST /api/read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r\n"
    clients = Clients(running.port, head, picture_of("407"), count=8)
    wait_for(lambda: clients.answered > 16)
    clients.told = time.monotonic()
    running.process.send_signal(number)
    rest, errors = running.process.communicate(timeout=250)
    clients.join()
    assert (running.process.returncode, rest.strip(), errors) == (0, "ended", "")
    assert clients.statuses == {b"200"}
    assert clients.lost == 0
    assert clients.refused == 8


@pytest.mark.slow
def test_a_long_answer_is_finished_before_the_end(run_service: Any, picture_of: Any) -> None:
    running = run_service(workers=1)
    answers: list[int] = []

    def ask() -> None:
        files = [("file", ("a", picture_of("4071938265", 90)))] * 12
        answer = httpx.post(f"{running.url}/api/read", files=files, timeout=60)
        answers.append(len(answer.json()["readings"]))

    asking = threading.Thread(target=ask)
    asking.start()
    metrics = f"{running.url}/metrics"
    wait_for(lambda: "tenfold_running 1.0" in httpx.get(metrics).text)
    running.process.terminate()
    assert running.process.wait(60) == 0
    asking.join()
    assert answers == [12]


@pytest.mark.parametrize("page", ["serve.md", "serve.zh-CN.md"])
def test_the_client_in_the_documents_reads(
    run_service: Any, picture_of: Any, tmp_path: Path, page: str
) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    (code,) = [
        code for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "urllib" in code
    ]
    assert len(code.splitlines()) <= 12
    names: dict[str, Any] = {}
    exec(code, names)
    (tmp_path / "picture.png").write_bytes(picture_of("407"))
    assert names["read"](tmp_path / "picture.png", run_service(workers=1).url) == "407"


def test_an_address_in_use_is_told() -> None:
    with listen(ServiceSettings(port=0)) as first:
        port = first.getsockname()[1]
        assert address(first) == f"http://127.0.0.1:{port}"
        words = f"cannot listen on 127.0.0.1, port {port}: the address is in use"
        with pytest.raises(InputError, match=words):
            listen(ServiceSettings(port=port))


def test_an_address_of_no_machine_here_is_told() -> None:
    token = "x" * 16
    for host in ("192.0.2.1", "no such host", "x" * 300):
        with pytest.raises(InputError, match="cannot listen on"):
            listen(ServiceSettings(host=host, token=token, port=0))


def test_an_address_of_six_bytes_more_is_bracketed() -> None:
    try:
        with listen(ServiceSettings(host="::1", port=0)) as listener:
            assert address(listener).startswith("http://[::1]:")
    except InputError:
        pytest.skip("this machine has no IPv6")


def tenfold(*words: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from tenfold.cli import main; main()", "serve", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TENFOLD_HOME": str(Path.cwd() / "home"), **environment},
    )


def test_the_command_says_where_it_is_and_ends_with_a_signal() -> None:
    process = tenfold("--port", "0", TENFOLD_TOKEN="0123456789abcdef")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Tenfold is at http://127.0.0.1:")
    url = line.split()[-1]
    assert f"{url}/docs" in process.stdout.readline()
    assert httpx.get(f"{url}/api/models", timeout=60).status_code == 401
    headers = {"Authorization": "Bearer 0123456789abcdef"}
    assert httpx.get(f"{url}/api/models", headers=headers).status_code == 200
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=250)
    assert process.returncode == 0, errors
    assert "0123456789abcdef" not in rest + errors


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "a token is needed"),
        (["--token", "short"], "expected at least 16"),
        (["--port", "99999"], "65535"),
    ],
)
def test_the_command_refuses_what_is_unsafe_or_wrong(words: list[str], said: str) -> None:
    process = tenfold(*words)
    _out, errors = process.communicate(timeout=250)
    assert process.returncode in (1, 2)
    assert said in errors
    assert "Traceback" not in errors


def test_the_command_names_the_extra_that_is_missing() -> None:
    program = (
        "import importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda name, *rest: None if name == 'uvicorn' else find(name, *rest);"
        "from tenfold.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", program, "serve"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "pip install 'tenfold[web]'" in done.stderr


def test_without_the_extra_its_import_says_so_and_others_stay_light() -> None:
    probe = (
        "from tenfold.cli import build_app; build_app(); import sys;"
        "print([m for m in ('fastapi', 'uvicorn', 'sqlalchemy', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
