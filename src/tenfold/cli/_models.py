"""Models as commands are given them: whatever the file, what is opened is one of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.models import Card

__all__ = ["model_file", "note_pixels", "trained_file"]


def model_file(text: str) -> str:
    """Return what ``open_model`` takes for a model named or pathed by ``text``.

    Names and paths of ONNX files and of runs' folders are returned as they are. What Keras saved,
    as a file or in a folder, is converted, once, into the user's cache.

    Raises:
        ModelError: if the file cannot be converted.
        MissingExtraError: if a package that its kind needs is not installed.
        StorageError: if the file cannot be read, or the cache not written.
    """
    from tenfold.models.others import refuse_what_is_run

    path = Path(text)
    if text and path.is_dir():
        from tenfold.exchange import is_pair

        refuse_what_is_run(path)
        if not is_pair(path):
            return text
    elif not _foreign(text):
        return text
    from tenfold.exchange import converted_file

    kept, card = converted_file(text)
    note_pixels(text, card)
    return str(kept)


def _foreign(text: str) -> bool:
    """Whether a file of such a name is converted once and kept; one of ONNX is opened as ours."""
    from tenfold.exchange.formats import endings

    name = text.lower()
    return name.endswith(endings()) and not name.endswith(".onnx")


def trained_file(text: str) -> str:
    """Return the same as ``model_file``, but of a run's folder the model in it."""
    from tenfold.models import bundled_names
    from tenfold.records import Run

    if not text or text in bundled_names():
        return text
    found = model_file(text)
    inside = Run(found).model_path
    return str(inside) if inside.is_file() else found


def note_pixels(text: str, card: Card) -> None:
    """Say that it was assumed what pixels a converted model takes, if it was."""
    from tenfold.cli._screen import note

    if card.training.get("pixels_assumed"):
        note(
            _(
                "{path} does not say what pixels it takes; 0 to 1 is assumed. If it was trained on "
                "others: tenfold convert {path} --pixels bytes (or signed, or standardized)",
                path=text,
            )
        )
