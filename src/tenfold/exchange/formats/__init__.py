"""The file formats of models: one file here is one format, named by the file.

A format module has this interface, and a module of it needs no entry in any list:

    MAKER       whose files these are, a proper name
    ENDINGS     the ends of names of its files; the first is given to what is written
    sniff(source) -> bool             whether the bytes are of this format, and of no other
    read(source, pixels) -> Converted raises ModelError for anything damaged or hostile

and may have, where models of ours can be written in it:

    write(model, pixels) -> bytes     the file
    fixed() -> str                    why it cannot be chosen what pixels the written model takes,
                                      in words; without it, it can

Its ``read`` and ``write`` check that what they need is installed before anything of it is imported;
importing the module itself needs Python's own library alone.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from tenfold.registry import entries

if TYPE_CHECKING:
    from tenfold.exchange._given import Given, Taken
    from tenfold.exchange._source import Source
    from tenfold.models import Card, Model
    from tenfold.networks.onnx_export import ScaledNetwork
    from tenfold.networks.reader import DigitNetwork

__all__ = [
    "Converted",
    "ModelFormat",
    "WrittenFormat",
    "endings",
    "formats",
    "readable",
    "written_formats",
]

Converted: TypeAlias = "bytes | tuple[ScaledNetwork | DigitNetwork, Card]"
"""The bytes of a model file; or a network as model files hold it, and its card."""


class ModelFormat(Protocol):
    """What a format module offers."""

    MAKER: str
    ENDINGS: tuple[str, ...]

    def sniff(self, source: Source) -> bool:
        """Return whether ``source`` is of this format; ModelError if it is a damaged archive."""

    def read(self, source: Source, pixels: Given | None) -> Converted:
        """Return the model in ``source``, which was trained on such pixels."""


class WrittenFormat(ModelFormat, Protocol):
    """What a format module offers that writes, too."""

    def write(self, model: Model, pixels: Taken) -> bytes:
        """Return the file of ``model`` that takes such pixels."""


@functools.cache
def formats() -> Mapping[str, ModelFormat]:
    """Return all formats by their public names (a module's name with hyphens), sorted."""
    return cast("Mapping[str, ModelFormat]", entries(__name__, __path__))


def written_formats() -> Mapping[str, WrittenFormat]:
    """Return those that models of ours can be written in."""
    return {
        name: cast("WrittenFormat", form)
        for name, form in formats().items()
        if hasattr(form, "write")
    }


def endings() -> tuple[str, ...]:
    """Return the ends of names of all formats' files, such as ".keras"."""
    return tuple(ending for form in formats().values() for ending in form.ENDINGS)


def readable() -> str:
    """Return whose files can be read, with their endings, as a list for messages."""
    found: dict[str, list[str]] = {}
    for form in formats().values():
        found.setdefault(form.MAKER, []).extend(form.ENDINGS)
    return ", ".join(f"{maker} ({', '.join(ends)})" for maker, ends in found.items())
