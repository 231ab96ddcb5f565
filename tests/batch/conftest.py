"""What these tests share: pictures of digits, a small S3, and a picture that ends its process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import cv2
import numpy as np
import pytest

from tenfold.batch import filesystems

POISON = """
import os, sys

def hook(event, values):
    if event == "open" and str(values[0]).endswith("poison.png"):
        os._exit(9)

sys.addaudithook(hook)
"""


def png_of(number: int) -> bytes:
    """Black on white, up to three digits in a line font."""
    text = str(number % 1000)
    picture = np.full((28, 10 + 18 * len(text)), 255, np.uint8)
    cv2.putText(picture, text, (5, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.85, 0, 2, cv2.LINE_AA)
    return cv2.imencode(".png", picture)[1].tobytes()


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """70 pictures, three of them broken each in its way."""
    folder = tmp_path_factory.mktemp("pictures") / "photos"
    (folder / "more").mkdir(parents=True)
    for number in range(67):
        (folder / ("more" if number % 3 else "") / f"{number:03}.png").write_bytes(png_of(number))
    (folder / "broken.png").write_bytes(png_of(1)[:60])
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "more" / "text.gif").write_bytes(b"no picture")
    return folder


@pytest.fixture
def poisonous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every process that is started from now on end when it opens poison.png."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(POISON)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))


class S3Handler(BaseHTTPRequestHandler):
    files: ClassVar[dict[str, bytes]] = {}

    def log_message(self, *words: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        bucket, _slash, key = unquote(parts.path).lstrip("/").partition("/")
        if bucket == "closed":
            self.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        elif not key:
            self.answer(200, listing(self.files, bucket, parse_qs(parts.query)))
        elif (content := self.files.get(f"{bucket}/{key}")) is None:
            self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        elif wanted := self.headers.get("Range"):
            first, last = map(int, wanted.removeprefix("bytes=").split("-"))
            self.answer(206, content[first : last + 1])
        else:
            self.answer(200, content)

    def answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """As much of S3 as listing and reading need; ``files`` is what it holds, by bucket and key."""
    handler = type("Handler", (S3Handler,), {"files": {}})
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        options = f"?endpoint_override=127.0.0.1:{port}&scheme=http&region=here"
        yield SimpleNamespace(files=handler.files, options=options)
        filesystems._place.cache_clear()
        server.shutdown()


def listing(files: dict[str, bytes], bucket: str, query: dict[str, list[str]]) -> bytes:
    """The answer to ListObjectsV2."""
    prefix = query.get("prefix", [""])[0]
    delimiter = query.get("delimiter", [""])[0]
    folders, contents = set(), []
    for path, content in sorted(files.items()):
        key = path.removeprefix(f"{bucket}/")
        if path == key or not key.startswith(prefix):
            continue
        rest = key.removeprefix(prefix)
        if delimiter and delimiter in rest:
            folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
        else:
            contents.append(
                f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size>"
                "<LastModified>2026-01-01T00:00:00Z</LastModified></Contents>"
            )
    found = "".join(contents) + "".join(
        f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>"
        for each in sorted(folders)
    )
    count = len(contents) + len(folders)
    return (
        f"<ListBucketResult><Name>{bucket}</Name><KeyCount>{count}</KeyCount>"
        f"<IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
    ).encode()
