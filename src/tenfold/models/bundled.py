"""The models that come with Tenfold."""

from __future__ import annotations

import functools
from importlib import resources

from tenfold.errors import UnknownNameError
from tenfold.language import text as _
from tenfold.models.model import Model

__all__ = ["DEFAULT", "bundled_names", "load_bundled"]

DEFAULT = "cnn-deep"
"""The model that reads where none is named."""


def bundled_names() -> tuple[str, ...]:
    """Return the names of the models that come with Tenfold, sorted."""
    files = resources.files("tenfold.models").joinpath("files").iterdir()
    return tuple(sorted(f.name.removesuffix(".onnx") for f in files if f.name.endswith(".onnx")))


@functools.cache
def load_bundled(name: str = DEFAULT) -> Model:
    """Return a model that comes with Tenfold, loaded once in a process.

    Raises:
        UnknownNameError: if there is none of that name.
    """
    if name not in bundled_names():
        raise UnknownNameError(_("bundled model"), name, bundled_names())
    file = resources.files("tenfold.models").joinpath("files", f"{name}.onnx")
    return Model(file.read_bytes())
