"""``POST /api/read``: pictures to readings."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from tenfold.language import text as _
from tenfold.models.bundled import DEFAULT
from tenfold.reader.attempts import Layout
from tenfold.reader.mark import Reason
from tenfold.reader.reader import THRESHOLD
from tenfold.reader.reading import ConfidenceKind
from tenfold.reader.transcript import Signs
from tenfold.web.direct import Direct
from tenfold.web.openapi import ProblemObject
from tenfold.web.pictures import draw_ink, read_uploads, take_uploads
from tenfold.web.problems import Problem
from tenfold.web.service import Service

__all__ = ["direct", "router"]

MOST_MODELS = 8

SMALL = 4096
"""Bytes of pictures that cost the interpreter more than the networks: several threads would only
wait for one another."""

Share = Annotated[float, Field(ge=0, le=1)]


class BoxObject(BaseModel):
    """A rectangle, in pixels of the picture as shown."""

    x: int
    y: int
    width: int = Field(ge=1)
    height: int = Field(ge=1)


class DigitObject(BaseModel):
    """A digit that was found, or what may be one."""

    label: int = Field(ge=0, le=9, examples=[7])
    confidence: Share = Field(description="That it is a digit, and this one.", examples=[0.98])
    accepted: bool = Field(description="Whether it stands in the text.")
    line: int = Field(ge=0)
    none: Share = Field(description="That it is no digit.", examples=[0.01])
    probabilities: list[float] = Field(
        min_length=10, max_length=10, description="The chosen model's own, of each digit."
    )
    box: BoxObject
    placed: str = Field(
        description="What the model saw: base64 of 784 bytes, row by row, bright ink on black."
    )


class MarkObject(BaseModel):
    """Something written that is not in the text."""

    box: BoxObject
    reason: Reason
    sign: str | None = Field(
        None, description="Which sign it is; ? for another mark, null if it stands in no line."
    )
    probability: Share | None = Field(None, description="That it is that sign.")
    line: int | None = Field(None, ge=0)


class ReadingObject(BaseModel):
    """What a model reads in a picture; or its problem, where one of several cannot be read."""

    name: str | None = Field(description="What the form calls the picture.")
    model: str = Field(examples=["digits"])
    width: int | None = None
    height: int | None = None
    text: str | None = Field(None, description="Lines are separated by \\n.", examples=["407"])
    transcript: str | None = Field(
        None,
        description="The text with all that is written in its lines; ? is a mark that is no sign.",
        examples=["40.7"],
    )
    confidence: Share | None = Field(None, description="That all of the text is right.")
    confidence_kind: ConfidenceKind | None = Field(
        None,
        description="Whether confidences were fitted to hold, or are a network's plain softmax.",
    )
    milliseconds: float | None = None
    steps: list[str] | None = Field(
        None, description="What was done, in words.", examples=[["dark on bright: inverted"]]
    )
    digits: list[DigitObject] | None = None
    left_out: list[MarkObject] | None = Field(
        None, description="What is written but is not in the text; sure is only what has none."
    )
    problem: ProblemObject | None = None


class ReadingsObject(BaseModel):
    """One entry for each picture and model, pictures outermost."""

    readings: list[ReadingObject]


LayoutQuery: TypeAlias = Annotated[
    Layout | None,
    Query(description="What each picture holds; found out if it is not said."),
]
ThresholdQuery: TypeAlias = Annotated[
    float,
    Query(
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Digits less probable are left out of the text.",
    ),
]
SignsQuery: TypeAlias = Annotated[
    Signs,
    Query(description="With keep, texts have the points, commas and minuses of numbers: -3.14."),
]

PICTURE = {"schema": {"type": "string", "format": "binary"}}
BODY = {
    "required": True,
    "description": "A picture's bytes, or a form with one or more parts named file.",
    "content": {
        "image/*": PICTURE,
        "application/octet-stream": PICTURE,
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "string", "format": "binary"},
                    }
                },
            }
        },
    },
}


def router(service: Service) -> APIRouter:
    """Return the routes of reading."""
    routes = APIRouter(tags=["reading"])

    @routes.post(
        "/api/read",
        summary="Read pictures",
        response_model=ReadingsObject,
        openapi_extra={"requestBody": BODY},
    )
    async def read(
        request: Request,
        model: Annotated[
            list[str] | None,
            Query(max_length=MOST_MODELS, description=f"Which models read; {DEFAULT} if none."),
        ] = None,
        layout: LayoutQuery = None,
        threshold: ThresholdQuery = THRESHOLD,
        signs: SignsQuery = "leave",
    ) -> Any:
        """Read handwritten digits and numbers in one or more pictures.

        A picture that cannot be read is a problem of the whole request if it comes alone, and
        an entry with a problem among others.
        """
        return await _answer(service, request, model or [DEFAULT], layout, threshold, signs)

    @routes.post(
        "/api/ink",
        summary="Show the ink that was found",
        response_class=Response,
        responses={200: {"content": {"image/png": {}}}},
        openapi_extra={"requestBody": {**BODY, "description": "One picture."}},
    )
    async def ink(
        request: Request,
        model: Annotated[str, Query(min_length=1, max_length=200)] = DEFAULT,
        layout: LayoutQuery = None,
        threshold: ThresholdQuery = THRESHOLD,
    ) -> Response:
        """Draw what the network takes for ink: of digits blue, of other writing purple."""
        uploads = await take_uploads(request, service)
        if len(uploads) != 1:
            raise Problem(
                422,
                "not-one-picture",
                _("Received {count} pictures; expected one.", count=len(uploads)),
            )
        drawn = await service.pool.run(draw_ink, service, uploads[0], model, layout, threshold)
        return Response(drawn, media_type="image/png")

    return routes


def direct(service: Service) -> Direct:
    """Return the route of reading for requests that say nothing but the pictures."""

    async def read(request: Request) -> Response:
        return await _answer(service, request, [DEFAULT], None, THRESHOLD)

    return Direct("/api/read", read, methods=["POST"], include_in_schema=False)


async def _answer(
    service: Service,
    request: Request,
    names: list[str],
    layout: Layout | None,
    threshold: float,
    signs: Signs = "leave",
) -> Response:
    uploads = await take_uploads(request, service)
    is_small = sum(len(upload.content) for upload in uploads) <= SMALL
    pool = service.small_request_pool if is_small else service.pool
    entries = await pool.run(read_uploads, service, uploads, names, layout, threshold, signs)
    return Response(msgspec.json.encode({"readings": entries}), media_type="application/json")
