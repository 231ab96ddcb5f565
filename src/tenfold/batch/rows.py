"""One row for each picture: what was read in it, or why it could not be."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from tenfold.errors import MissingExtraError
from tenfold.language import text as _
from tenfold.reader import Digit, Reading
from tenfold.reader.mark import Mark

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Row", "batch_of", "error_row", "reading_row", "schema", "shown_path"]

Row: TypeAlias = dict[str, object]
"""What was read in one picture, of plain values, by the names of the schema."""


def schema() -> pa.Schema:
    """Return the columns of every table of readings.

    ``path`` is as it was listed; bytes of a name that are no characters are escaped. ``text``,
    its ``lines``, the ``transcript`` (the text with all signs), ``confidence`` (that all of the
    text is right), its ``confidence_kind`` (see ``tenfold.reader.reading.ConfidenceKind``), whether
    it ``needs_review`` (null, too, if no accuracy was asked for), ``digits`` and ``left_out`` are
    null for a picture that could not be read, and ``error`` says why, in English; it is null for
    all others. Of each digit found, the doubtful included: ``label``, ``confidence``, ``none`` (the
    probability that it is no digit), ``accepted``, ``line``, and its box in pixels of the picture
    as shown. ``left_out`` are the marks that are not in the text, each with its ``reason``, which
    ``sign`` it is with which ``probability``, its ``line`` (these null where nothing was asked),
    and its box.
    ``model`` is the SHA-256 of the model file that told the digits apart.

    Raises:
        MissingExtraError: if pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ModuleNotFoundError as error:
        raise MissingExtraError("parquet", _("A table of readings as Parquet")) from error
    box = [pa.field(side, pa.int32(), nullable=False) for side in ("x", "y", "width", "height")]
    mark = pa.struct(
        [
            pa.field("reason", pa.string(), nullable=False),
            pa.field("sign", pa.string()),
            pa.field("probability", pa.float64()),
            pa.field("line", pa.int32()),
            *box,
        ]
    )
    digit = pa.struct(
        [
            pa.field("label", pa.int8(), nullable=False),
            pa.field("confidence", pa.float64(), nullable=False),
            pa.field("none", pa.float64(), nullable=False),
            pa.field("accepted", pa.bool_(), nullable=False),
            pa.field("line", pa.int32(), nullable=False),
            *box,
        ]
    )
    return pa.schema(
        [
            pa.field("path", pa.string(), nullable=False),
            pa.field("text", pa.string()),
            pa.field("lines", pa.list_(pa.field("line", pa.string(), nullable=False))),
            pa.field("transcript", pa.string()),
            pa.field("confidence", pa.float64()),
            pa.field("confidence_kind", pa.string()),
            pa.field("needs_review", pa.bool_()),
            pa.field("digits", pa.list_(pa.field("digit", digit, nullable=False))),
            pa.field("left_out", pa.list_(pa.field("mark", mark, nullable=False))),
            pa.field("error", pa.string()),
            pa.field("model", pa.string(), nullable=False),
        ]
    )


def batch_of(rows: Iterable[Row]) -> pa.RecordBatch:
    """Return rows as a batch of the schema."""
    import pyarrow as pa

    return pa.RecordBatch.from_pylist(list(rows), schema=schema())


def reading_row(path: str, reading: Reading, model: str) -> Row:
    """Return the row of a picture that was read; ``model`` is the model file's hash."""
    return {
        "path": shown_path(path),
        "text": reading.text,
        "lines": [line.text for line in reading.lines],
        "transcript": reading.transcript,
        "confidence": reading.confidence,
        "confidence_kind": reading.confidence_kind,
        "needs_review": reading.needs_review,
        "digits": [_plain(digit) for digit in reading.digits],
        "left_out": [_plain_mark(mark) for mark in reading.left_out],
        "error": None,
        "model": model,
    }


def error_row(path: str, error: str, model: str) -> Row:
    """Return the row of a picture that could not be read."""
    return {
        "path": shown_path(path),
        "text": None,
        "lines": None,
        "transcript": None,
        "confidence": None,
        "confidence_kind": None,
        "needs_review": None,
        "digits": None,
        "left_out": None,
        "error": _characters(error),
        "model": model,
    }


def shown_path(path: str) -> str:
    """Return a path as characters; bytes of a name that are none are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _plain(digit: Digit) -> dict[str, object]:
    return {
        "label": digit.label,
        "confidence": digit.confidence,
        "none": digit.none,
        "accepted": digit.accepted,
        "line": digit.line,
        **digit.box.to_dict(),
    }


def _plain_mark(mark: Mark) -> dict[str, object]:
    plain: dict[str, object] = mark.to_dict() | mark.box.to_dict()
    del plain["box"]
    return plain


def _characters(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
