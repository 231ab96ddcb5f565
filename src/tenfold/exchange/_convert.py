"""A file of another program as a model of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.errors import InputError, ModelError
from tenfold.exchange._archive import opened_archive
from tenfold.exchange._given import Given
from tenfold.exchange._needs import TORCH, need
from tenfold.exchange._source import Source, read_source
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.models import load_model
from tenfold.models.others import refuse_what_is_run

if TYPE_CHECKING:
    from tenfold.exchange._keras_file import KerasFile
    from tenfold.exchange._network import Network

__all__ = ["CONVERTER", "convert_model"]

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
        source: what Keras saved (.h5, .keras, or the folder or file of a network in JSON with its
            weights beside), an ONNX file of another program, or what ``export_model`` wrote
            (.safetensors or .pt2). Its content says which it is.
        out: the model file; by default beside the source.
        pixels: what values the model was trained on: "unit" (0 to 1), "bytes" (0 to 255),
            "signed" (-1 to 1), or "standardized" (less MNIST's mean, divided by its deviation).
            By default Rescaling layers of Keras's tell, and where there are none it is "unit", as
            in most tutorials.

    Raises:
        ModelError: if the file is missing, damaged, hostile, or holds what cannot be converted.
        InputError: if ``pixels`` is given for a file that says its scaling.
        MissingExtraError: if what its kind needs is not installed.
        StorageError: if the source cannot be read or the model not written.
    """
    path = Path(source)
    if path.is_dir():
        refuse_what_is_run(path)
    try:
        given = read_source(path)
        target = _beside(given.path) if out is None else Path(out)
        if target.resolve() == given.path.resolve():
            raise InputError(
                _("{path} would replace the file itself; name another file.", path=target)
            )
        _convert(given, target, pixels)
    except ModelError as error:
        raise ModelError(f"{source}: {error}") from error
    return target


def _beside(path: Path) -> Path:
    name = f"{path.stem}-converted.onnx" if path.suffix.lower() == ".onnx" else f"{path.stem}.onnx"
    return path.with_name(name)


def _convert(source: Source, path: Path, pixels: Given | None) -> None:
    content, name = source.content, source.path.name
    refuse_what_is_run(source.path, content)
    if _is_onnx(content):
        need("train", _("Converting ONNX files"), "onnx")
        from tenfold.exchange._onnx import converted_onnx

        write_whole(path, converted_onnx(content, name, source.digest, pixels))
        load_model(path)
        return
    if (file := _of_keras(source)) is not None:
        from tenfold.exchange._keras import keras_network
        from tenfold.networks.onnx_export import save_model

        save_model(path, *keras_network(file, name, source.digest, pixels))
        return
    network = _ours(content)
    if pixels is not None:
        raise InputError(_("{name} says what pixels it takes; leave --pixels out.", name=name))
    _save(network, path)


def _is_onnx(content: bytes) -> bool:
    """Whether a file begins as ONNX files do, with the version of the format."""
    return content[:1] == b"\x08" and content[8:9] != b"{"


def _of_keras(source: Source) -> KerasFile | None:
    content = source.content
    pair = source.weights is not None
    archive = content.startswith(_ZIP) and "config.json" in opened_archive(content).namelist()
    if not (pair or archive or content.startswith(_HDF5)):
        return None
    need("keras", _("Reading Keras files"), "h5py", *TORCH)
    from tenfold.exchange import _keras_file

    if source.weights is not None:
        return _keras_file.read_pair(content, source.weights)
    return _keras_file.read_archive(content) if archive else _keras_file.read_h5(content)


def _ours(content: bytes) -> Network:
    """The network in a file that ``export_model`` wrote."""
    # A safetensors file begins with the length of its header, in JSON.
    if not content.startswith(_ZIP) and content[8:9] != b"{":
        raise ModelError(
            _(
                "This is no file that can be converted; expected one of Keras (.h5, .keras, .json "
                "with .h5), of ONNX (.onnx), or of tenfold export (.safetensors, .pt2)."
            )
        )
    need("train", _("Reading PyTorch's files"), *TORCH)
    if content.startswith(_ZIP):
        from tenfold.exchange._torch import read_program

        return read_program(opened_archive(content))
    from tenfold.exchange._safetensors import read_safetensors

    return read_safetensors(content)


def _save(network: Network, path: Path) -> None:
    from tenfold.networks.onnx_export import save_model
    from tenfold.networks.reader import DigitNetwork
    from tenfold.networks.reader_export import save_digits

    if isinstance(network.body, DigitNetwork):
        save_digits(path, network.body, network.card)
    else:
        save_model(path, network.scaled(), network.card)
    load_model(path)
