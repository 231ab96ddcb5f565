"""ONNX: files of other programs; and of ours, whose model files are what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenfold.exchange._needs import need
from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.exchange._given import Given, Taken
    from tenfold.exchange._source import Source
    from tenfold.models import Model

MAKER = "ONNX"
ENDINGS = (".onnx",)


def sniff(source: Source) -> bool:
    """Return whether it begins as ONNX files do, with the version of the format."""
    content = source.content
    return source.weights is None and content[:1] == b"\x08" and content[8:9] != b"{"


def read(source: Source, pixels: Given | None) -> bytes:
    """Return the model file that it becomes."""
    need("train", _("Converting ONNX files"), "onnx")
    from tenfold.exchange.formats._onnx import converted_onnx

    return converted_onnx(source.content, source.path.name, source.digest, pixels)


def write(model: Model, pixels: Taken) -> bytes:  # noqa: ARG001 - fixed
    """Return the model file as it is; nothing is needed for it."""
    return model.content


def fixed() -> str:
    """Say why pixels cannot be chosen."""
    return _("an ONNX file of Tenfold's takes pixels of 0 to 1")
