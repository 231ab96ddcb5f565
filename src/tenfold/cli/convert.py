"""``tenfold convert``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenfold.exchange.formats import readable
from tenfold.language import text as _

__all__ = ["convert"]


def convert(
    file: Annotated[
        Path,
        typer.Argument(
            help=_(
                "What another program saved, or the folder of a network in .json and its weights: "
                "{known}.",
                known=readable(),
            )
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.onnx", help=_("Where to. (default: beside the file)")),
    ] = None,
    pixels: Annotated[
        str | None,
        typer.Option(
            metavar="unit|bytes|signed|standardized",
            help=_(
                "What pixels the model was trained on: 0 to 1, 0 to 255, -1 to 1, or less MNIST's "
                "mean and divided by its deviation. (default: told by Rescaling layers, else unit)"
            ),
        ),
    ] = None,
) -> None:
    """Convert a model of Keras, ONNX or PyTorch to a model file; no code in it is run."""
    from tenfold.cli._models import note_pixels
    from tenfold.cli._screen import note
    from tenfold.exchange import convert_model
    from tenfold.models import load_model

    # What the words may be is checked there.
    path = convert_model(file, out, pixels)  # type: ignore[arg-type]
    note_pixels(str(file), load_model(path).card)
    note(_("Wrote {path}", path=path))
