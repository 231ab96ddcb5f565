"""From a figure to a file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from tenfold.errors import UnknownNameError
from tenfold.figures._style import style
from tenfold.files import write_whole
from tenfold.language import text as _

__all__ = ["FORMATS", "save"]

FORMATS = ("pdf", "png", "svg")

# Without dates and versions the same figure gives the same bytes.
METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": "Tenfold", "Producer": "Tenfold"},
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": "Tenfold"},
}


def save(figure: Figure, path: str | Path) -> Path:
    """Write ``figure`` to ``path``, whole or not at all; the same figure gives the same bytes.

    Args:
        figure: what to write.
        path: ends in .png (200 dots an inch), .svg (text as outlines) or .pdf; its folder is made
            if it is missing.

    Returns:
        ``path``.

    Raises:
        UnknownNameError: for any other ending.
        StorageError: if the file cannot be written.
    """
    path = Path(path)
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise UnknownNameError(_("figure format"), ending, FORMATS)
    content = io.BytesIO()
    with style():
        figure.savefig(content, format=ending, metadata=METADATA[ending])
    write_whole(path, content.getvalue())
    return path
