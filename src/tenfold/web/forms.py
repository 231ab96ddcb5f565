"""Forms of files, multipart/form-data (RFC 7578), held in memory and counted as they come."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from tenfold.language import text as _
from tenfold.web.problems import Problem

__all__ = ["PART", "Upload", "take_form"]

PART = "file"


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture as it came; ``name`` is what the client calls it and is never used as a path."""

    name: str | None
    content: bytes


async def take_form(content_type: str, stream: AsyncIterable[bytes], most: int) -> list[Upload]:
    """Return the parts of a form, which must all be files named "file".

    Args:
        content_type: the request's header.
        stream: its body.
        most: parts that are taken.

    Raises:
        Problem: if the form is damaged, cut off, empty, too long, or has other parts.
    """
    form = _Form(most)
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise _damaged(_("its Content-Type names no boundary"))
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": form.begin,
                "on_header_begin": form.begin_header,
                "on_header_field": form.add_field,
                "on_header_value": form.add_value,
                "on_header_end": form.end_header,
                "on_headers_finished": form.end_headers,
                "on_part_data": form.add_data,
                "on_part_end": form.end,
                "on_end": form.finish,
            },
        )
        async for chunk in stream:
            parser.write(chunk)
        parser.finalize()
    except FormParserError as error:
        raise _damaged(str(error)) from error
    if not form.finished:
        raise _damaged(_("it ends before its last boundary"))
    if not form.uploads:
        raise _wrong_part("")
    return form.uploads


@final
class _Form:
    """What a parser finds, gathered."""

    def __init__(self, most: int) -> None:
        self.uploads: list[Upload] = []
        self.finished = False
        self._most = most
        self._data = bytearray()
        self._field = b""
        self._value = b""
        self._disposition = b""
        self._file_name: str | None = None

    def begin(self) -> None:
        if len(self.uploads) == self._most:
            raise Problem(
                413,
                "too-many-parts",
                _("The form has more than {most} parts. Send less at once.", most=self._most),
            )
        self._data = bytearray()
        self._disposition = b""

    def begin_header(self) -> None:
        self._field = self._value = b""

    def add_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def end_header(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value

    def end_headers(self) -> None:
        _kind, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode(errors="replace")
        if name != PART or b"filename" not in options:
            raise _wrong_part(name)
        self._file_name = options[b"filename"].decode(errors="replace") or None

    def add_data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def end(self) -> None:
        self.uploads.append(Upload(self._file_name, bytes(self._data)))

    def finish(self) -> None:
        self.finished = True


def _damaged(reason: str) -> Problem:
    return Problem(400, "damaged-form", _("The form cannot be read: {reason}.", reason=reason))


def _wrong_part(name: str) -> Problem:
    return Problem(
        422,
        "wrong-form",
        _(
            "Received a form with the part {name!r}; expected files in parts named {part!r}, "
            "and nothing else.",
            name=name,
            part=PART,
        ),
    )
