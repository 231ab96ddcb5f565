"""A model of ours as a file of another program's."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias, get_args

from tenfold.errors import InputError, UnknownNameError
from tenfold.exchange._needs import TORCH, need
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.models import Model
from tenfold.records import trained_model

__all__ = ["ENDINGS", "Format", "Taken", "export_model"]

Taken: TypeAlias = Literal["unit", "bytes", "scaled"]
"""What an exported model takes: pixels of 0 to 1, pixels of 0 to 255, or pixels that were scaled
as its recipe says before they are given to it."""

Format: TypeAlias = Literal["onnx", "keras", "h5", "safetensors", "torch"]

ENDINGS: dict[Format, str] = {
    "onnx": ".onnx",
    "keras": ".keras",
    "h5": ".h5",
    "safetensors": ".safetensors",
    "torch": ".pt2",
}


def export_model(
    source: str | Path, to: Format, out: str | Path | None = None, pixels: Taken | None = None
) -> Path:
    """Write a model as a file that another program loads, and return where it is.

    Args:
        source: a bundled model's name, a model file, or the folder of a finished run.
        to: "onnx", "keras" (Keras 3), "h5" (Keras 2 and 3), "safetensors" (weights by name, and
            the card), or "torch" (a program of ``torch.export``).
        out: the file; by default the model's name in the current folder.
        pixels: what values the exported model takes: "unit" (0 to 1, the default), "bytes" (0 to
            255), or "scaled", which leaves the recipe's scaling out. For Keras and PyTorch alone:
            ONNX files of ours take 0 to 1, and safetensors files hold weights alone.

    Raises:
        UnknownNameError: for a format that there is not.
        InputError: if the pixels do not go with the format or the model.
        ModelError: if the model is damaged, or its layers cannot be told.
        RunError: if the run is not finished.
        MissingExtraError: if what the format needs is not installed; "onnx" needs nothing.
        StorageError: if the file cannot be written.
    """
    if to not in get_args(Format):
        raise UnknownNameError(_("model format"), str(to), get_args(Format))
    if pixels not in (None, "unit") and to in ("onnx", "safetensors"):
        raise InputError(
            _(
                "Received --pixels {pixels} with --to {to}; expected keras, h5 or torch: an ONNX "
                "file of Tenfold's takes pixels of 0 to 1, and a safetensors file holds weights "
                "alone.",
                pixels=pixels,
                to=to,
            )
        )
    model = trained_model(source)
    path = Path(f"{model.card.name}{ENDINGS[to]}") if out is None else Path(out)
    content = model.content if to == "onnx" else _written(model, to, pixels)
    write_whole(path, content)
    return path


def _written(model: Model, to: Format, pixels: Taken | None) -> bytes:
    if to in ("keras", "h5"):
        need("keras", _("Writing Keras files"), "keras", "h5py", *TORCH)
    else:
        need("train", _("Writing PyTorch's files"), *TORCH)
    from tenfold.exchange._network import from_model
    from tenfold.exchange._pixels import scaling_for, taken_by

    network = from_model(model)
    if to == "safetensors":
        from tenfold.exchange._safetensors import written_safetensors

        return written_safetensors(network)
    scaling = scaling_for(network, pixels or "unit")
    if to == "torch":
        from tenfold.exchange._torch import written_program

        return written_program(network, scaling)
    from tenfold.exchange._keras_writer import written_keras

    return written_keras(network, scaling, to, taken_by(network, pixels or "unit"))
