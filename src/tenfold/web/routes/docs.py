"""``GET /docs``: the description of the service as a page, with nothing from other hosts."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from swagger_ui_bundle import swagger_ui_path  # type: ignore[import-untyped] # it has no types

from tenfold.web.files import Files
from tenfold.web.service import Service

__all__ = ["router"]

SHOWN = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tenfold: the service</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""

# No script may stand in the page itself; and nothing is to be validated elsewhere.
START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
"""


def router(_service: Service) -> APIRouter:
    """Return the routes of the description."""
    routes = APIRouter(include_in_schema=False)
    files = Files(swagger_ui_path, only=SHOWN)

    @routes.get("/openapi.json")
    async def description(request: Request) -> Response:
        return JSONResponse(request.app.openapi())

    @routes.get("/docs")
    async def page() -> Response:
        return Response(PAGE, media_type="text/html")

    @routes.get("/docs/start.js")
    async def start() -> Response:
        return Response(START, media_type="text/javascript")

    @routes.get("/docs/{name}")
    async def file(request: Request, name: str) -> Response:
        return files.answer(name, request)

    return routes
