"""The description of the service, OpenAPI 3.0: what a page or a client's generator reads."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from tenfold.web.problems import MEDIA_TYPE

__all__ = ["RESPONSES", "ProblemObject", "description"]

ABOUT = """
Reads handwritten digits and numbers in pictures.

Errors are `application/problem+json` (RFC 9457). Sentences come in the language of
`Accept-Language`, English or Simplified Chinese. With a token, send `Authorization: Bearer TOKEN`.
"""

METHODS = ("get", "post", "put", "patch", "delete")


class ProblemObject(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(examples=["/problems/unreadable-picture"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(ge=400, le=599, examples=[422])
    detail: str = Field(examples=["There are no bytes in it; expected a picture file."])
    errors: list[dict[str, Any]] | None = None


RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemObject"}}},
    }
}


def description(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description of an application, made once."""
    if app.openapi_schema is None:
        from importlib.metadata import version

        made = get_openapi(
            title="Tenfold",
            version=version("tenfold"),
            description=ABOUT,
            routes=app.routes,
            license_info={"name": "MIT"},
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas["ProblemObject"] = ProblemObject.model_json_schema()
        for path in made["paths"].values():
            for method in METHODS:
                if method in path:
                    # A wrong request is answered like every other problem.
                    path[method]["responses"].pop("422", None)
        if app.state.service.settings.token is not None:
            bearer = {"type": "http", "scheme": "bearer"}
            made["components"]["securitySchemes"] = {"token": bearer}
            made["security"] = [{"token": []}]
        app.openapi_schema = _downgraded(made) | {"openapi": "3.0.3"}
    return app.openapi_schema


def _downgraded(node: Any) -> Any:
    """Say in the words of OpenAPI 3.0 what FastAPI says in those of 3.1.

    Swagger UI as it is packaged, and many generators of clients, know no other.
    """
    if isinstance(node, list):
        return [_downgraded(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _downgraded(value) for key, value in node.items()}
    choices = plain.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [one for one in choices if one != {"type": "null"}]
        del plain["anyOf"]
        plain |= {"nullable": True}
        plain |= rest[0] if len(rest) == 1 and "$ref" not in rest[0] else {"allOf": rest[:1]}
    if "const" in plain:
        plain["enum"] = [plain.pop("const")]
    if isinstance(plain.get("examples"), list):
        plain["example"] = plain.pop("examples")[0]
    if plain.get("contentMediaType") == "application/octet-stream":
        del plain["contentMediaType"]
        plain["format"] = "binary"
    for bound, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(plain.get(bound), int | float) and not isinstance(plain[bound], bool):
            plain[limit] = plain[bound]
            plain[bound] = True
    return plain
