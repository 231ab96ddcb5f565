"""What the tests of the service share: a client in this process, and services in others."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("fastapi", reason="needs tenfold[web]")

from tenfold.models import load_bundled
from tenfold.web import ServiceSettings, create_app

with warnings.catch_warnings():
    # Starlette's client wants another package than the one that is at hand.
    warnings.filterwarnings("ignore", message="Using `httpx`")
    from starlette.testclient import TestClient

MakeClient = Callable[..., TestClient]

# A service with any settings, in a process of its own; it prints its port and whatever is asked.
PROGRAM = """
import json, sys
from pathlib import Path
from tenfold.web import ServiceSettings, create_app
from tenfold.web.server import listen, serve
told = json.loads(sys.argv[1])
settings = ServiceSettings(port=0, models=Path("runs"), data_folder=Path("data"), **told)
with listen(settings) as listener:
    port = listener.getsockname()[1]
    serve(create_app(settings), listener, lambda: print(port, flush=True))
print("ended", flush=True)
"""


@dataclass(frozen=True)
class Running:
    """A service in a process of its own."""

    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


MakeRunning = Callable[..., Running]


@pytest.fixture(scope="session")
def picture_of() -> Callable[..., bytes]:
    """Make files of pictures with digits in a line font, black on white."""

    def make(text: str, height: int = 80, file_format: str = "PNG") -> bytes:
        canvas = np.full((height, 40 + 60 * len(text)), 255, np.uint8)
        cv2.putText(canvas, text, (20, height - 18), cv2.FONT_HERSHEY_DUPLEX, 2, 0, 5, cv2.LINE_AA)
        buffer = io.BytesIO()
        Image.fromarray(canvas).save(buffer, file_format)
        return buffer.getvalue()

    return make


@pytest.fixture
def add_run(tmp_path: Path) -> Callable[..., Path]:
    """Make run folders with a model, one that comes with Tenfold, in the folder of runs."""

    def add(name: str, content: bytes | None = None) -> Path:
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.onnx").write_bytes(content or load_bundled("cnn-deep").content)
        return folder

    return add


@pytest.fixture
def make_client(tmp_path: Path) -> Iterator[MakeClient]:
    """Make clients of services with the settings given; nothing of them is kept."""
    with ExitStack() as opened:

        def make(**settings: Any) -> TestClient:
            known = {"models": tmp_path / "runs", "data_folder": tmp_path / "data", "workers": 2}
            app = create_app(ServiceSettings(**{**known, **settings}))
            client = TestClient(app, base_url="http://127.0.0.1")
            return opened.enter_context(client)

        yield make


@pytest.fixture
def client(make_client: MakeClient) -> TestClient:
    """A client of a service with the usual settings."""
    return make_client()


@pytest.fixture(scope="module")
def run_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeRunning]:
    """Start services in processes of their own; they are ended with the module's tests."""
    started: list[subprocess.Popen[str]] = []

    def start(**settings: Any) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps(settings)],
            cwd=tmp_path_factory.mktemp("service"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.strip().isdigit(), process.communicate()[1]
        return Running(process, int(line))

    yield start
    for process in started:
        process.kill()
        process.communicate()
