"""``tenfold convert``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenfold.language import text as _

__all__ = ["convert"]


def convert(
    file: Annotated[
        Path,
        typer.Argument(
            help=_("What Keras saved (.h5, .keras), or tenfold export wrote (.safetensors, .pt2).")
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.onnx", help=_("Where to. (default: beside the file)")),
    ] = None,
    pixels: Annotated[
        str | None,
        typer.Option(
            metavar="unit|bytes|signed",
            help=_(
                "What pixels a Keras model was trained on: 0 to 1, 0 to 255, or -1 to 1. "
                "(default: told by its Rescaling layers, else unit)"
            ),
        ),
    ] = None,
) -> None:
    """Convert a model of Keras or PyTorch to a model file; no code in it is run."""
    from tenfold.cli._screen import note
    from tenfold.exchange import convert_model
    from tenfold.models import load_model

    # What the words may be is checked there.
    path = convert_model(file, out, pixels)  # type: ignore[arg-type]
    if load_model(path).card.training.get("pixels_assumed"):
        note(
            _(
                "{path} does not say what pixels it takes; 0 to 1 is assumed. If it was trained on "
                "others: tenfold convert {path} --pixels bytes",
                path=file,
            )
        )
    note(_("Wrote {path}", path=path))
