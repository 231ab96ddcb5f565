"""The service under load, beside a plain service around a Keras model: a Markdown table.

    .venv/bin/python benchmarks/serve.py                          # about ten minutes
    python3 -m venv .venv-peers && .venv-peers/bin/pip install -r benchmarks/requirements.txt
    .venv/bin/python benchmarks/serve.py --python .venv-peers/bin/python

Clients in a process of their own, on the same machine, each send a request as soon as the last one
is answered. The other side, _keras_serve.py, is written as tutorials write it: it shrinks whatever
it gets to 28 x 28 and asks its model once, so that it cannot read a page, nor a digit that does not
fill the picture; ours finds the digits first.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from read import make_photo

import tenfold
from tenfold.processes import core_count

HERE = Path(__file__).parent
LOAD = HERE / "_load.py"
PEER = HERE / "_keras_serve.py"
MODEL_MAKER = HERE / "_keras_read.py"
TENFOLD = Path(sys.executable).with_name("tenfold")

FORM = "multipart/form-data; boundary=x"


@dataclass(frozen=True)
class Request:
    """What the clients send, again and again."""

    path: str
    kind: str
    body: bytes


@dataclass(frozen=True)
class Server:
    """A service in a process of its own."""

    process: subprocess.Popen[str]
    port: int

    def memory(self) -> float:
        """Return its resident memory in megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


@contextmanager
def server(command: list[str], folder: Path) -> Iterator[Server]:
    """Start a service that prints where it is, and end it."""
    environment = {**os.environ, "TENFOLD_HOME": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    found = None
    while found is None:
        line = process.stdout.readline()
        if not line:
            sys.exit(f"{command[0]} ended before it served.")
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
    try:
        yield Server(process, int(found[1]))
    finally:
        process.terminate()
        process.wait(60)


def loaded(where: Server, request: Request, options: argparse.Namespace) -> dict[str, float]:
    """Load a service and return what its clients saw, and its memory near the start and the end."""
    with tempfile.NamedTemporaryFile() as body:
        body.write(request.body)
        body.flush()
        words = [where.port, request.path, request.kind, body.name]
        words += [options.clients, options.seconds, options.warm]
        command = [sys.executable, str(LOAD), *map(str, words)]
        memory: list[float] = []
        ended = threading.Event()
        watching = threading.Thread(target=_watch, args=(where, memory, ended))
        watching.start()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        ended.set()
        watching.join()
    seen: dict[str, float] = json.loads(done.stdout)
    tenth = max(1, len(memory) // 10)
    early, late = memory[tenth : 3 * tenth] or memory, memory[-2 * tenth :]
    return seen | {"early": float(np.median(early)), "late": float(np.median(late))}


def _watch(where: Server, memory: list[float], ended: threading.Event) -> None:
    while not ended.wait(0.2):
        memory.append(where.memory())


def row(name: str, seen: dict[str, float], beside: float | None) -> None:
    """Print a row of the table."""
    share = "" if beside is None else f"{seen['rate'] / beside:.1f}"
    cells = [
        name,
        f"{seen['rate']:,.4g}",
        f"{seen['p50']:.1f}",
        f"{seen['p99']:.1f}",
        f"{seen['errors']:.0f}",
        f"{seen['early']:.0f} to {seen['late']:.0f}",
        share,
    ]
    print(f"| {' | '.join(cells)} |", flush=True)


def as_form(content: bytes) -> bytes:
    """Return a file as the only part of a form, as browsers and tutorials send it."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    return head + content + b"\r\n--x--\r\n"


def digit_requests() -> tuple[dict[str, Request], Request]:
    """Return a test digit as our routes take it, and as the other side does."""
    image = tenfold.load_dataset("mnist").test.images[0]
    values = np.round(image / 255, 4).ravel().tolist()
    tensor = {"name": "images", "shape": [1, 28, 28], "datatype": "FP32", "data": values}
    png = cv2.imencode(".png", image)[1].tobytes()
    placed = json.dumps({"inputs": [tensor]}).encode()
    ours = {
        "a placed digit, `POST /v2/models/digits/infer`": Request(
            "/v2/models/digits/infer", "application/json", placed
        ),
        "a placed digit, `POST /v2/models/cnn-deep/infer`": Request(
            "/v2/models/cnn-deep/infer", "application/json", placed
        ),
        "a 28x28 PNG, found and read, `POST /api/read`": Request("/api/read", FORM, as_form(png)),
    }
    return ours, Request("/predict", FORM, as_form(png))


def photograph_requests(folder: Path) -> tuple[dict[str, Request], Request]:
    """Return photographs of one megapixel for our routes, and one for the other side."""
    make_photo(folder / "page.jpg")
    page = cv2.imread(str(folder / "page.jpg"))
    small = cv2.resize(page, (1155, 866), interpolation=cv2.INTER_AREA)
    digit = as_form(_jpeg(photograph_of_a_digit()))
    ours = {
        "a digit in a photograph, `POST /api/read`": Request("/api/read", FORM, digit),
        "a page of 54 digits, `POST /api/read`": Request("/api/read", FORM, as_form(_jpeg(small))),
    }
    return ours, Request("/predict", FORM, digit)


def photograph_of_a_digit() -> npt.NDArray[np.uint8]:
    """Return a test digit on paper in uneven light, uint8 [866, 1155, 3]."""
    image = tenfold.load_dataset("mnist").test.images[0]
    ink = np.zeros((866, 1155), np.float32)
    large = cv2.resize(image, (560, 560), interpolation=cv2.INTER_CUBIC)
    ink[150:710, 300:860] = large / np.float32(255)
    light = np.linspace(0.95, 0.7, ink.shape[1])
    noise = np.random.default_rng(0).normal(0, 0.02, ink.shape)
    gray = np.clip(255 * (light * (1 - 0.8 * ink) + noise), 0, 255).astype(np.uint8)
    return cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)


def _jpeg(picture: npt.NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", type=Path, default=Path(".venv-peers/bin/python"))
    parser.add_argument("--seconds", type=float, default=60, help="of each row")
    parser.add_argument("--warm", type=float, default=3, help="seconds before it counts")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--turns", type=int, default=1, help="how often each row is measured")
    options = parser.parse_args()
    print(f"{core_count()} cores; load before {os.getloadavg()[0]:.1f}; ", end="")
    print(f"{options.clients} clients, {options.seconds:g} s a row\n")
    print("Photographs have one megapixel.\n")
    print("| what | requests/s | p50, ms | p99, ms | errors | memory, MB | times the other side |")
    print("|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peer = [str(options.python), str(PEER), str(folder / "model.keras")]
        has_peer = options.python.exists()
        if has_peer:
            make = [str(options.python), str(MODEL_MAKER), "make", peer[-1]]
            subprocess.run(make, check=True, capture_output=True)
        for _turn in range(options.turns):
            for ours, theirs in (digit_requests(), photograph_requests(folder)):
                beside = None
                if has_peer:
                    with server(peer, folder) as where:
                        seen = loaded(where, theirs, options)
                    beside = seen["rate"]
                    row("the same to FastAPI and Keras, `POST /predict`", seen, None)
                for name, request in ours.items():
                    command = [str(TENFOLD), "serve", "--port", "0", "--models", str(folder)]
                    with server(command, folder) as where:
                        row(name, loaded(where, request, options), beside)
                        time.sleep(1)


if __name__ == "__main__":
    main()
