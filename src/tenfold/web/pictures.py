"""Pictures out of a request, and what is read in them."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator, Sequence

from fastapi import Request

from tenfold.errors import ModelError, PictureError
from tenfold.imaging import open_picture
from tenfold.language import text as _
from tenfold.reader import Reader, Reading
from tenfold.reader.annotation import ink_picture
from tenfold.reader.attempts import Layout
from tenfold.reader.explanation import summary
from tenfold.reader.transcript import Signs
from tenfold.web._codec import as_base64
from tenfold.web.forms import PART, Upload, take_form
from tenfold.web.problems import Late, Problem, describe
from tenfold.web.service import Service

__all__ = ["draw_ink", "read_uploads", "take_uploads"]


async def take_uploads(request: Request, service: Service) -> list[Upload]:
    """Return the pictures of a request: its body, or the parts of a form called "file".

    Nothing of them goes to the disk.

    Raises:
        Problem: if it is neither, too large, too slow, or a form with other parts.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        most = service.settings.most_pictures
        return await take_form(request.headers["content-type"], request.stream(), most)
    if kind in ("", "application/octet-stream") or kind.startswith("image/"):
        return [Upload(None, await request.body())]
    raise Problem(
        415,
        "unknown-type",
        _(
            "Received a body of type {kind!r}; expected image/*, application/octet-stream, or "
            "multipart/form-data with parts named {part!r}.",
            kind=kind,
            part=PART,
        ),
    )


def read_uploads(
    service: Service,
    uploads: Sequence[Upload],
    names: Sequence[str],
    layout: Layout | None,
    threshold: float,
    signs: Signs = "leave",
) -> list[dict[str, object]]:
    """Return what each model reads in each picture, pictures outermost, as plain data for JSON.

    Where one of several pictures cannot be read, its problem stands in its place.

    Raises:
        PictureError: if there is one picture alone and it cannot be read.
        Problem: if it is too large, or all together take too long.
        TenfoldError: if a model is unknown or cannot be used, or, alone, cannot be run.
    """
    readers = {
        name: service.catalog.reader(name, threshold, signs) for name in dict.fromkeys(names)
    }
    latest = time.monotonic() + service.settings.most_seconds
    entries: list[dict[str, object]] = []
    for upload in uploads:
        if time.monotonic() > latest:
            raise Late(service.settings.most_seconds)
        try:
            entries += _read(service, upload, readers, layout)
        except (PictureError, Problem) as error:
            if len(uploads) == 1:
                raise
            told = describe(error)
            entries += [{"name": upload.name, "model": name, "problem": told} for name in readers]
    return entries


def _read(
    service: Service, upload: Upload, readers: dict[str, Reader], layout: Layout | None
) -> Iterator[dict[str, object]]:
    """Yield one picture's readings, a model each; it is decoded once."""
    began = time.perf_counter()
    check = functools.partial(_check_size, service.settings.most_pixels)
    picture = open_picture(upload.content, check)
    for name, reader in readers.items():
        try:
            reading = reader.read(picture, layout=layout, explain=True)
        except ModelError as error:
            if len(readers) == 1:
                raise
            # The others have their say all the same.
            yield {"name": upload.name, "model": name, "problem": describe(error)}
            continue
        spent = 1000 * (time.perf_counter() - began)
        service.measures.read(name, reading)
        yield {
            "name": upload.name,
            "model": name,
            "width": picture.width,
            "height": picture.height,
            "milliseconds": round(spent, 2),
            **_told(reading),
        }
        began = time.perf_counter()


def draw_ink(
    service: Service, upload: Upload, name: str, layout: Layout | None, threshold: float
) -> bytes:
    """Return the ink that was found in one picture, as a PNG file.

    Raises:
        PictureError: if it cannot be read.
        Problem: if it is too large.
        TenfoldError: if the model is unknown or cannot be used.
    """
    reader = service.catalog.reader(name, threshold)
    check = functools.partial(_check_size, service.settings.most_pixels)
    picture = open_picture(upload.content, check)
    return ink_picture(picture, reader.read(picture, layout=layout, explain=True))


def _told(reading: Reading) -> dict[str, object]:
    return {
        "text": reading.text,
        "transcript": reading.transcript,
        "confidence": reading.confidence,
        "confidence_kind": reading.confidence_kind,
        "steps": list(summary(reading)),
        "digits": [
            digit.to_dict() | {"placed": as_base64(digit.placed)} for digit in reading.digits
        ],
        "left_out": [mark.to_dict() for mark in reading.left_out],
    }


def _check_size(most: int, width: int, height: int) -> None:
    """Refuse a picture of too many pixels before it is decoded.

    Raises:
        Problem: if it is.
    """
    if width * height > most:
        raise Problem(
            413,
            "too-many-pixels",
            _(
                "The picture has {width} x {height} pixels; at most {limit} are read. "
                "Make it smaller.",
                width=width,
                height=height,
                limit=most,
            ),
        )
