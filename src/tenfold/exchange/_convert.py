"""A file of another program as a model of ours."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tenfold.errors import InputError, ModelError
from tenfold.exchange._archive import opened_archive
from tenfold.exchange._keras import keras_network
from tenfold.exchange._keras_file import read_archive, read_h5
from tenfold.exchange._network import Network
from tenfold.exchange._pixels import Given
from tenfold.exchange._safetensors import read_safetensors
from tenfold.exchange._torch import read_program
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.models import load_model
from tenfold.models.model import LARGEST_FILE
from tenfold.training._export import save_model
from tenfold.training.reader._export import save_digits
from tenfold.training.reader._networks import DigitNetwork

__all__ = ["CONVERTER", "convert_model", "read_bytes"]

CONVERTER = 1
"""Counts the changes of what a conversion makes of the same file, so that those kept are redone."""

_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"


def convert_model(
    source: str | Path, out: str | Path | None = None, pixels: Given | None = None
) -> Path:
    """Convert a file of another program to a model file, and return where that is.

    No code of the file is run. Everything works with the model then: evaluating, reading, figures.

    Args:
        source: what Keras saved (.h5 or .keras), or what ``export_model`` wrote (.safetensors or
            .pt2). Its content says which it is.
        out: the ONNX file; by default beside the source.
        pixels: what values a Keras model was trained on: "unit" (0 to 1), "bytes" (0 to 255), or
            "signed" (-1 to 1). By default its Rescaling layers tell, and where there are none it
            is "unit", as in most tutorials.

    Raises:
        ModelError: if the file is missing, damaged, hostile, or holds what cannot be converted.
        InputError: if ``pixels`` is given for a file that says its scaling.
        MissingExtraError: for a Keras file without ``tenfold[keras]``.
        StorageError: if the source cannot be read or the model not written.
    """
    source = Path(source)
    path = source.with_suffix(".onnx") if out is None else Path(out)
    if path.resolve() == source.resolve():
        raise InputError(_("{path} would replace the file itself; name another file.", path=path))
    content = read_bytes(source)
    try:
        _convert(content, source.name, path, pixels)
    except ModelError as error:
        raise ModelError(f"{source}: {error}") from error
    return path


def read_bytes(path: Path) -> bytes:
    """Return a model file's bytes.

    Raises:
        ModelError: if there is no such file, or it is too large.
        StorageError: if it cannot be read.
    """
    if not path.is_file():
        raise ModelError(_("There is no model file {path}.", path=path))
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ModelError(_("{path} is too large for a model file.", path=path))
        return path.read_bytes()
    except OSError as error:
        raise storage_error(path, error) from error


def _convert(content: bytes, name: str, path: Path, pixels: Given | None) -> None:
    if content.startswith(_HDF5):
        file = read_h5(content)
    elif content.startswith(_ZIP) and "config.json" in opened_archive(content).namelist():
        file = read_archive(content)
    else:
        network = _ours(content)
        if pixels is not None:
            raise InputError(_("{name} says what pixels it takes; leave --pixels out.", name=name))
        _save(network, path)
        return
    digest = hashlib.sha256(content).hexdigest()
    save_model(path, *keras_network(file, name, digest, pixels))


def _ours(content: bytes) -> Network:
    """The network in a file that ``export_model`` wrote."""
    if content.startswith(_ZIP):
        return read_program(opened_archive(content))
    # A safetensors file begins with the length of its header, in JSON.
    if content[8:9] == b"{":
        return read_safetensors(content)
    raise ModelError(
        _(
            "This is no file that can be converted; expected one of Keras (.h5, .keras), or of "
            "tenfold export (.safetensors, .pt2)."
        )
    )


def _save(network: Network, path: Path) -> None:
    if isinstance(network.body, DigitNetwork):
        save_digits(path, network.body, network.card)
    else:
        save_model(path, network.scaled(), network.card)
    load_model(path)
