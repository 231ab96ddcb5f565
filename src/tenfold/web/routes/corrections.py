"""What a person says it was: corrections made, listed, removed, and taken away as a data set."""

from __future__ import annotations

import base64
import functools
import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec
from fastapi import APIRouter, Query, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from tenfold.data import CLASSES, SIZE, DataSet, LabeledImages, save
from tenfold.data.corrections import LARGEST_ID
from tenfold.data.formats import formats
from tenfold.errors import UnknownNameError
from tenfold.imaging import open_picture
from tenfold.language import text as _
from tenfold.web._codec import ENCODED, as_base64, decoded, from_base64
from tenfold.web.problems import Problem
from tenfold.web.service import Service
from tenfold.web.store import Correction, Corrections, database_url, open_corrections

__all__ = ["router"]

Opener: TypeAlias = Callable[[], Corrections]

_PIXELS = SIZE * SIZE
_MOST_LISTED = 1000
_FILE = "application/octet-stream"
_BINARY = {"type": "string", "format": "binary"}

Label = Annotated[int, Field(ge=0, lt=CLASSES, strict=True)]
Number = Annotated[int, InPath(ge=1, le=LARGEST_ID)]


class Wanted(BaseModel):
    """A correction as it is sent."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "placed": base64.b64encode(bytes(_PIXELS)).decode(),
                    "label": 7,
                    "guess": 1,
                    "model": "digits",
                    "picture": None,
                }
            ]
        },
    )

    placed: Annotated[
        str,
        Field(
            min_length=ENCODED,
            max_length=ENCODED,
            description="base64 of 784 bytes: uint8 row by row, bright ink on black",
        ),
    ]
    label: Annotated[Label, Field(description="what it is")]
    guess: Annotated[Label | None, Field(description="what was read")] = None
    model: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    picture: Annotated[
        str | None, Field(description="base64 of the picture's bytes, only where it is to be kept")
    ] = None


class Shown(BaseModel):
    """A correction as it is kept."""

    id: int
    label: int
    guess: int | None
    model: str | None
    created: str
    placed: str


class Listed(BaseModel):
    """Some of the corrections, the newest first; how many there are; what formats they go into."""

    corrections: list[Shown]
    count: int
    formats: list[str]


def router(service: Service) -> APIRouter:
    """Return the routes under /api/corrections.

    A database that was named is opened at once, so that a wrong name is found out. The usual file
    is made when it is first asked for: a page that nobody corrects writes none.

    Raises:
        TenfoldError: if the database that was named cannot be used.
    """
    routes = APIRouter(prefix="/api/corrections", tags=["corrections"])
    store = functools.cache(functools.partial(open_corrections, service.settings))
    if database_url(service.settings) is not None:
        store()

    @routes.get("", response_model=Listed)
    async def listed(
        limit: Annotated[int, Query(ge=1, le=_MOST_LISTED)] = 100,
        before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    ) -> Response:
        """List corrections, the newest first; ``before`` goes on where a list ended."""
        return _json(await service.run(_listed, store, limit, before))

    @routes.post("", response_model=Shown, status_code=201)
    async def add(wanted: Wanted) -> Response:
        """Keep a correction; what is answered with 201 is on the disk."""
        return _json(await service.run(_added, store, wanted), 201)

    @routes.get(
        "/export",
        response_class=Response,
        responses={200: {"description": "A file.", "content": {_FILE: {"schema": _BINARY}}}},
    )
    async def export(
        format_name: Annotated[
            str, Query(alias="format", description="a format's name, as tenfold data convert has")
        ] = "npz",
    ) -> Response:
        """Download all corrections as a data set; formats that are folders come as a zip."""
        name, content = await service.run(_exported, store, format_name)
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, headers=disposition, media_type=_FILE)

    @routes.delete("/{number}", status_code=204)
    async def remove(number: Number) -> Response:
        """Remove a correction for good."""
        await service.run(_removed, store, number)
        return Response(status_code=204)

    return routes


def _listed(store: Opener, limit: int, before: int | None) -> dict[str, object]:
    kept = store()
    return {
        "corrections": [*map(_shown, kept.list(limit, before))],
        "count": len(kept),
        "formats": [*formats()],
    }


def _added(store: Opener, wanted: Wanted) -> dict[str, object]:
    placed = from_base64(wanted.placed)
    picture = None
    if wanted.picture is not None:
        picture = decoded(wanted.picture, "picture")
        # Nothing is kept but pictures.
        open_picture(picture)
    return _shown(
        store().add(placed, wanted.label, guess=wanted.guess, model=wanted.model, picture=picture)
    )


def _removed(store: Opener, number: int) -> None:
    if not store().remove(number):
        raise Problem(
            404, "unknown-correction", _("There is no correction {number}.", number=number)
        )


def _exported(store: Opener, format_name: str) -> tuple[str, bytes]:
    """Return a file's name and content."""
    if format_name not in formats():
        raise UnknownNameError(_("format"), format_name, formats())
    images = store().as_images()
    if not len(images):
        raise Problem(
            409, "no-corrections", _("There are no corrections to export yet; make one first.")
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"corrections{_suffix(format_name)}"
        save(_as_data(images, format_name), path, format_name)
        if path.is_dir():
            return f"corrections-{format_name}.zip", _zipped(path)
        return path.name, path.read_bytes()


def _suffix(format_name: str) -> str:
    """Return how the name of a file of this format ends; nothing for a folder."""
    # npz-tutorial, which no ending means when saving, is a kind of npz.
    form = formats().get(format_name.partition("-")[0], formats()[format_name])
    return next(iter(form.SUFFIXES), "")


def _as_data(images: LabeledImages, format_name: str) -> DataSet:
    splits = {"train": images}
    if format_name == "pickle":
        # Its form has a place for test images, which may be empty but must be there.
        splits["test"] = images[:0]
    return DataSet("corrections", splits)


def _zipped(folder: Path) -> bytes:
    """Return a zip archive with the folder's files, under the folder's name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder.parent))
    return packed.getvalue()


def _shown(correction: Correction) -> dict[str, object]:
    return {
        "id": correction.id,
        "label": correction.label,
        "guess": correction.guess,
        "model": correction.model,
        "created": correction.created.isoformat(),
        "placed": as_base64(correction.placed),
    }


def _json(content: dict[str, object], status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
