"""``GET /``: the page, its files, and its texts in each language."""

from __future__ import annotations

import functools
from importlib import resources
from pathlib import Path

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tenfold.language import LANGUAGES, speaking, text
from tenfold.web.files import Files, answer_content
from tenfold.web.service import Service

__all__ = ["router"]


def router(_service: Service) -> APIRouter:
    """Return the routes of the page."""
    routes = APIRouter(include_in_schema=False)
    files = Files(static_folder())

    @routes.get("/")
    async def page(request: Request) -> Response:
        return files.answer("index.html", request)

    @routes.get("/favicon.ico")
    async def icon(request: Request) -> Response:
        return files.answer("icons/favicon.ico", request)

    @routes.get("/static/languages/{code}.json")
    async def texts(request: Request, code: str) -> Response:
        if code not in LANGUAGES:
            raise HTTPException(404)
        return answer_content(_texts(code), "application/json", request)

    @routes.get("/static/{name:path}")
    async def file(request: Request, name: str) -> Response:
        return files.answer(name, request)

    return routes


def static_folder() -> Path:
    """Return the folder of the page's files."""
    return Path(str(resources.files("tenfold.web").joinpath("static")))


@functools.cache
def _texts(code: str) -> bytes:
    """The page's names of texts and the texts, by the catalogs that all of Tenfold has; JSON."""
    english = (static_folder() / "languages" / "en.json").read_bytes()
    with speaking(code):
        spoken = {name: text(template) for name, template in msgspec.json.decode(english).items()}
    return msgspec.json.encode(spoken)
