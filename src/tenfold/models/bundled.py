"""The models that come with Tenfold."""

from __future__ import annotations

import functools
import os
from importlib import resources
from pathlib import Path

from tenfold.errors import ModelError, UnknownNameError, did_you_mean, suggestion
from tenfold.language import text as _
from tenfold.models.ink_model import InkModel
from tenfold.models.line_model import LineModel
from tenfold.models.missing import missing_model, models_in
from tenfold.models.model import Model, load_model
from tenfold.models.sign_model import SignModel

__all__ = [
    "DEFAULT",
    "bundled_content",
    "bundled_file",
    "bundled_names",
    "load_bundled",
    "load_bundled_ink",
    "load_bundled_lines",
    "load_bundled_signs",
    "open_model",
]

DEFAULT = "digits"
"""The model that tells digits apart where none is named."""

LINES = "lines"
"""The model that finds digits in lines; it tells no single digits apart."""

INK = "ink"
"""The model that finds ink; it tells no digits apart."""

SIGNS = "signs"
"""The model that tells what stands beside digits; it tells no digits apart."""


def bundled_names() -> tuple[str, ...]:
    """Return the names of the models of single digits that come with Tenfold, sorted."""
    files = resources.files("tenfold.models").joinpath("files").iterdir()
    names = (f.name.removesuffix(".onnx") for f in files if f.name.endswith(".onnx"))
    return tuple(sorted(name for name in names if name not in (INK, LINES, SIGNS)))


@functools.cache
def load_bundled(name: str = DEFAULT, threads: int = 0) -> Model:
    """Return a model that comes with Tenfold, loaded once in a process for a number of threads.

    Raises:
        UnknownNameError: if there is none of that name.
    """
    return Model(bundled_content(name), threads=threads)


@functools.cache
def bundled_content(name: str = DEFAULT) -> bytes:
    """Return the file of a model of single digits that comes with Tenfold.

    Raises:
        UnknownNameError: if there is none of that name.
    """
    if name not in bundled_names():
        raise UnknownNameError(_("bundled model"), name, bundled_names())
    return bundled_file(name)


def open_model(source: str | Path) -> Model:
    """Return a model by the name of one that comes with Tenfold, or from its file.

    Args:
        source: a name or a path as text, or a ``Path``, which is always a file.

    Raises:
        ModelError: if it is neither, damaged, too large, or not one of Tenfold's.
        StorageError: if the file cannot be read.
    """
    if isinstance(source, str) and source in bundled_names():
        return load_bundled(source)
    if isinstance(source, str) and _is_bare(source) and not os.path.exists(source):  # noqa: PTH110
        raise ModelError(f"{missing_model(Path(source))} {_nearest(source)}")
    return load_model(source)


def _nearest(name: str) -> str:
    """Say which model may be meant: that of a run of this name, or one that comes with Tenfold."""
    of_run = models_in(Path("runs", name))
    if of_run:
        return did_you_mean(str(of_run[0]))
    return suggestion(name, bundled_names())


def _is_bare(text: str) -> bool:
    """Whether a text may be meant as a name: it says no folder."""
    return Path(text).name == text != ""


@functools.cache
def load_bundled_ink(threads: int = 0) -> InkModel:
    """Return the model that finds ink, loaded once in a process for a number of threads."""
    return InkModel(bundled_file(INK), threads=threads)


@functools.cache
def load_bundled_lines(threads: int = 0) -> LineModel:
    """Return the model that finds digits in lines, loaded once, too."""
    return LineModel(bundled_file(LINES), threads=threads)


@functools.cache
def load_bundled_signs(threads: int = 0) -> SignModel:
    """Return the model that tells signs apart, loaded once, too."""
    return SignModel(bundled_file(SIGNS), threads=threads)


def bundled_file(name: str) -> bytes:
    """Return the file of any model that comes with Tenfold: of digits, lines, ink or signs."""
    return resources.files("tenfold.models").joinpath("files", f"{name}.onnx").read_bytes()
