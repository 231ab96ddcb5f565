"""A model of ours as a file of another program's."""

from __future__ import annotations

from pathlib import Path

from tenfold.errors import InputError, UnknownNameError
from tenfold.exchange._given import Taken
from tenfold.exchange.formats import WrittenFormat, written_formats
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.records import trained_model

__all__ = ["export_model"]


def export_model(
    source: str | Path, to: str, out: str | Path | None = None, pixels: Taken | None = None
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
    known = written_formats()
    form = known.get(str(to))
    if form is None:
        raise UnknownNameError(_("model format"), str(to), known)
    if pixels not in (None, "unit") and (reason := _fixed(form)):
        raise InputError(
            _(
                "Received --pixels {pixels} with --to {to}; expected one of {known}: {reason}.",
                pixels=pixels,
                to=to,
                known=", ".join(name for name, other in known.items() if not _fixed(other)),
                reason=reason,
            )
        )
    model = trained_model(source)
    path = Path(f"{model.card.name}{form.ENDINGS[0]}") if out is None else Path(out)
    write_whole(path, form.write(model, pixels or "unit"))
    return path


def _fixed(form: WrittenFormat) -> str:
    """Why it cannot be chosen what pixels the file takes; "" if it can."""
    return str(form.fixed()) if hasattr(form, "fixed") else ""
