"""``/v2``: the Open Inference Protocol, version 2, for placed digits.

Source: https://github.com/kserve/open-inference-protocol, with Triton's extension of binary tensors
(https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tenfold.language import text as _
from tenfold.models.model import as_input
from tenfold.web import tensors
from tenfold.web.problems import Problem
from tenfold.web.service import Service

__all__ = ["router"]

PLATFORM = "onnxruntime_onnx"

EXAMPLE = {
    "inputs": [
        {
            "name": tensors.INPUT,
            "shape": [1, 28, 28],
            "datatype": "FP32",
            "data": [0.0] * 392 + [1.0] * 28 + [0.0] * 364,
        }
    ]
}

BODY = {
    "required": True,
    "description": "Placed digits, 0 (black) to 1 (ink); flat or nested.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["inputs"],
                "properties": {
                    "id": {"type": "string"},
                    "inputs": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["name", "shape", "datatype", "data"],
                            "properties": {
                                "name": {"type": "string", "enum": [tensors.INPUT]},
                                "shape": {
                                    "type": "array",
                                    "minItems": 3,
                                    "maxItems": 3,
                                    "items": {"type": "integer", "minimum": 1},
                                },
                                "datatype": {"type": "string", "enum": ["FP32"]},
                                "data": {"type": "array", "items": {}},
                            },
                        },
                    },
                },
            },
            "example": EXAMPLE,
        }
    },
}


def router(service: Service) -> APIRouter:
    """Return the routes of the protocol."""
    routes = APIRouter(tags=["Open Inference Protocol"])

    @routes.get("/v2", summary="What this server is")
    async def server() -> dict[str, Any]:
        """Name, version and extensions."""
        from importlib.metadata import version

        extensions = ["binary_tensor_data"]
        return {"name": "tenfold", "version": version("tenfold"), "extensions": extensions}

    @routes.get("/v2/health/live", summary="Whether it is alive")
    async def live() -> dict[str, bool]:
        """Answer as long as there is a server at all."""
        return {"live": True}

    @routes.get("/v2/health/ready", summary="Whether it takes requests")
    async def ready() -> dict[str, bool]:
        """Answer unless the server is about to end."""
        if service.stopping:
            raise stopping()
        return {"ready": True}

    @routes.get("/v2/models/{name}", summary="What a model takes and gives")
    async def model(name: str) -> dict[str, Any]:
        """Its inputs and outputs."""
        await service.run(service.catalog.get, name)
        return {"name": name, "versions": [tensors.VERSION], "platform": PLATFORM, **tensors.SHAPES}

    @routes.get("/v2/models/{name}/ready", summary="Whether a model can be used")
    async def model_ready(name: str) -> dict[str, Any]:
        """Answer once the model is loaded."""
        await service.run(service.catalog.get, name)
        return {"name": name, "ready": True}

    @routes.post(
        "/v2/models/{name}/infer",
        summary="Tell placed digits apart",
        openapi_extra={"requestBody": BODY},
    )
    async def infer(name: str, request: Request) -> Response:
        """Give the probabilities of the ten digits for each image.

        Images of requests that come at the same time are judged together.
        """
        length = request.headers.get(tensors.HEADER)
        asked = tensors.parse(await request.body(), length)
        # Each request's values are checked by themselves, so that none spoils a batch.
        images = as_input(asked.images)[:, 0]
        answer = await service.batcher.probabilities(name, images)
        content, headers = tensors.compose(name, asked, answer)
        return Response(content, headers=headers)

    return routes


def stopping() -> Problem:
    """Return the answer of a server that is about to end."""
    return Problem(503, "stopping", _("The service is about to end."), headers={"Retry-After": "5"})
