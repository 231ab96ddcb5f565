"""A file of another program as a model of ours."""

from __future__ import annotations

from pathlib import Path

from tenfold.errors import InputError, ModelError
from tenfold.exchange._given import Given
from tenfold.exchange._source import Source, read_source
from tenfold.exchange.formats import Converted, formats, readable
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.models import load_model
from tenfold.models.others import refuse_what_is_run

__all__ = ["CONVERTER", "convert_model"]

CONVERTER = 1
"""Counts the changes of what a conversion makes of the same file, so that those kept are redone."""


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
    refuse_what_is_run(source.path, source.content)
    form = next((form for form in formats().values() if form.sniff(source)), None)
    if form is None:
        raise ModelError(
            _("This is no file that can be converted; expected one of {known}.", known=readable())
        )
    _save(form.read(source, pixels), path)


def _save(found: Converted, path: Path) -> None:
    if isinstance(found, bytes):
        write_whole(path, found)
        load_model(path)
        return
    from tenfold.networks.onnx_export import save_model
    from tenfold.networks.reader import DigitNetwork
    from tenfold.networks.reader_export import save_digits

    network, card = found
    if isinstance(network, DigitNetwork):
        save_digits(path, network, card)
    else:
        save_model(path, network, card)
