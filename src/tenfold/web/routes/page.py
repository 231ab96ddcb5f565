"""``GET /``: the page, and its files."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tenfold.web.files import Files
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

    @routes.get("/static/{name:path}")
    async def file(request: Request, name: str) -> Response:
        return files.answer(name, request)

    return routes


def static_folder() -> Path:
    """Return the folder of the page's files."""
    return Path(str(resources.files("tenfold.web").joinpath("static")))
