"""Why a digit was read as it was: layers, occlusion, the nearest training digits, a map."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from tenfold.data.images import SIZE
from tenfold.insight import (
    Layer,
    Preparing,
    Shelf,
    layers_of,
    nearest,
    occlusion,
    open_network,
)
from tenfold.insight.neighbors import MOST_NEIGHBORS
from tenfold.language import text as _
from tenfold.models.bundled import DEFAULT
from tenfold.web._codec import ENCODED, as_base64, from_base64
from tenfold.web.service import Service

__all__ = ["router"]

EXAMPLE = base64.b64encode(bytes(SIZE * SIZE)).decode()

Name = Annotated[str, Field(min_length=1, max_length=200, examples=[DEFAULT])]
Placed = Annotated[
    str,
    Field(
        min_length=ENCODED,
        max_length=ENCODED,
        description="base64 of 784 bytes: uint8 row by row, bright ink on black",
        examples=[EXAMPLE],
    ),
]


class InsightRequest(BaseModel):
    """A placed digit, and the model to look into."""

    model_config = ConfigDict(extra="forbid")

    model: Name = DEFAULT
    placed: Placed


class AskedNear(InsightRequest):
    """A placed digit, and how many neighbors to find."""

    count: Annotated[int, Field(ge=1, le=MOST_NEIGHBORS, strict=True)] = 12


class LayerObject(BaseModel):
    """What one layer makes of the digit."""

    name: str = Field(examples=["convolution 1 with ReLU, 24 maps of 14 x 14"])
    kind: str = Field(
        description="convolution, pooling, normalization, activation, dense or answer"
    )
    shape: list[int] = Field(examples=[[24, 14, 14]])
    maps: list[str] = Field(
        description="At most 64; base64 of height x width bytes each, all on one scale."
    )
    width: int
    height: int
    signed: bool = Field(description="Whether there are values below 0: then 128 is 0; else 0 is.")
    reach: float = Field(description="The largest absolute value.")


class OcclusionObject(BaseModel):
    """How much of the evidence for the label rests on each pixel."""

    width: int
    height: int
    values: str = Field(description="base64 of 784 bytes, 255 where the most rests")


class InsightObject(BaseModel):
    """What a model makes of a placed digit."""

    label: int = Field(ge=0, le=9)
    layers: list[LayerObject]
    occlusion: OcclusionObject


class NeighborObject(BaseModel):
    """A training digit."""

    label: int = Field(ge=0, le=9)
    index: int = Field(ge=0, description="Its place among MNIST's training digits, from 0.")
    distance: float = Field(ge=0, le=2, description="1 minus the cosine of the angle between.")
    placed: str


class PlaceObject(BaseModel):
    """The digit's own place on the map."""

    points: str = Field(description="Where the map's points are to be had.")
    x: float
    y: float


class NeighborsObject(BaseModel):
    """The training digits that the model finds most alike, the nearest first."""

    neighbors: list[NeighborObject]
    map: PlaceObject


class PointObject(BaseModel):
    """A test digit on the map."""

    x: float
    y: float
    label: int = Field(ge=0, le=9)


class MapObject(BaseModel):
    """Test digits on a plane."""

    points: list[PointObject]


class PreparingObject(BaseModel):
    """What is asked for is being made; ask again after the seconds of Retry-After."""

    title: str
    detail: str
    progress: float = Field(ge=0, le=1)


PREPARING: dict[int | str, dict[str, Any]] = {
    202: {"model": PreparingObject, "description": "It is being made; ask again."}
}


def router(service: Service) -> APIRouter:
    """Return the routes that look inside models."""
    shelf = Shelf()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        shelf.close()

    routes = APIRouter(prefix="/api", tags=["insight"], lifespan=lifespan)

    @routes.post("/insight", summary="Look inside a model", response_model=InsightObject)
    async def insight(asked: InsightRequest) -> Response:
        """Show what each layer of a model makes of one placed digit, and which pixels count."""
        return _json(await service.run(_insight, service, asked))

    @routes.post(
        "/neighbors",
        summary="Find the training digits most alike",
        response_model=NeighborsObject,
        responses=PREPARING,
    )
    async def neighbors(asked: AskedNear) -> Response:
        """Find the training digits nearest to one placed digit, and its place on the map.

        Asked for the first time, a model's index is made, which takes some seconds: 202 until
        then. 409 if MNIST is not in the cache.
        """
        return _or_later(await service.run(_neighbors, service, shelf, asked))

    @routes.get(
        "/map", summary="Map the test digits", response_model=MapObject, responses=PREPARING
    )
    async def points(
        model: Annotated[str, Query(min_length=1, max_length=200)] = DEFAULT,
    ) -> Response:
        """Return where 2,000 test digits lie on the map of a model; 202 and 409 as neighbors."""
        return _or_later(await service.run(_points, service, shelf, model))

    return routes


def _insight(service: Service, asked: InsightRequest) -> dict[str, object]:
    placed = from_base64(asked.placed)
    network = open_network(service.catalog.get(asked.model))
    label = int(network.model.predict(placed)[0])
    values = occlusion(network.model, placed, label)
    return {
        "label": label,
        "layers": [_shown(layer) for layer in layers_of(network, placed)],
        "occlusion": {"width": SIZE, "height": SIZE, "values": as_base64(values)},
    }


def _shown(layer: Layer) -> dict[str, object]:
    _count, height, width = layer.maps.shape
    return {
        "name": layer.name,
        "kind": layer.kind,
        "shape": layer.shape,
        "maps": [as_base64(one) for one in layer.maps],
        "width": width,
        "height": height,
        "signed": layer.signed,
        "reach": layer.reach,
    }


def _neighbors(service: Service, shelf: Shelf, asked: AskedNear) -> dict[str, object] | Preparing:
    placed = from_base64(asked.placed)
    network = open_network(service.catalog.get(asked.model))
    index = shelf.get(network)
    if isinstance(index, Preparing):
        return index
    found = nearest(network, index, shelf.data.train, placed, asked.count)
    x, y = index.places(network.features(placed))[0].tolist()
    return {
        "neighbors": [
            {
                "label": one.label,
                "index": one.index,
                "distance": one.distance,
                "placed": as_base64(one.image),
            }
            for one in found
        ],
        "map": {"points": f"/api/map?model={quote(asked.model, safe='')}", "x": x, "y": y},
    }


def _points(service: Service, shelf: Shelf, name: str) -> dict[str, object] | Preparing:
    index = shelf.get(open_network(service.catalog.get(name)))
    if isinstance(index, Preparing):
        return index
    places = zip(index.points.tolist(), index.digits.tolist(), strict=True)
    return {"points": [{"x": x, "y": y, "label": label} for (x, y), label in places]}


def _or_later(answer: dict[str, object] | Preparing) -> Response:
    if not isinstance(answer, Preparing):
        return _json(answer)
    told = {
        "title": _("One moment"),
        "detail": _(
            "The network is being shown all training digits, once: {done} done. Ask again soon.",
            done=f"{answer.progress:.0%}",
        ),
        "progress": answer.progress,
    }
    return _json(told, 202, {"Retry-After": str(answer.seconds)})


def _json(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")
