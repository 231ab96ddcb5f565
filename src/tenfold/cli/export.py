"""``tenfold export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenfold.exchange.formats import written_formats
from tenfold.language import text as _

__all__ = ["export"]


def export(
    model: Annotated[
        str,
        typer.Argument(
            help=_("A model file (.onnx), a finished run's folder, or a bundled model.")
        ),
    ],
    to: Annotated[
        str,
        typer.Option(metavar="FORMAT", help=" | ".join(written_formats())),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=_("Where to. (default: named after the model, here)")),
    ] = None,
    pixels: Annotated[
        str | None,
        typer.Option(
            metavar="unit|bytes|scaled",
            help=_(
                "What a Keras or PyTorch model is to take: pixels of 0 to 1, of 0 to 255, or "
                "scaled before as its recipe says. (default: unit)"
            ),
        ),
    ] = None,
) -> None:
    """Write a model as a file that Keras, PyTorch or another program loads."""
    from tenfold.cli._models import model_file
    from tenfold.cli._screen import note
    from tenfold.exchange import export_model

    # What the words may be is checked there.
    path = export_model(model_file(model), to, out, pixels)  # type: ignore[arg-type]
    note(_("Wrote {path}", path=path))
