"""Files of our own, served by name."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b
from pathlib import Path
from typing import final

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

__all__ = ["Files", "answer_content"]

TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Said here, since what a machine knows of endings differs."""


@final
class Files:
    """The files of a folder, listed once; a request's name is looked up in that list only.

    A browser asks each time whether its copy is still the same, so no old file meets a new one.
    """

    def __init__(self, folder: Path, only: Collection[str] | None = None) -> None:
        """List ``folder``, with the folders in it; or the names in ``only``."""
        paths = [path for path in folder.rglob("*") if path.suffix in TYPES and path.is_file()]
        named = {path.relative_to(folder).as_posix(): path for path in paths}
        self._paths = {n: path for n, path in named.items() if only is None or n in only}

    def answer(self, name: str, request: Request) -> Response:
        """Return a file, or that the client's copy is the same.

        Raises:
            HTTPException: 404 if there is no such file.
        """
        path = self._paths.get(name)
        if path is None or not path.is_file():
            raise HTTPException(404)
        return answer_content(path.read_bytes(), TYPES[path.suffix], request)


def answer_content(content: bytes, media_type: str, request: Request) -> Response:
    """Return content that a browser asks for each time, or that its copy is the same."""
    tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    known = request.headers.get("if-none-match", "")
    if tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)
