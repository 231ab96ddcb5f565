"""Converted models kept in the user's cache, so that a file is converted once."""

from __future__ import annotations

import os
from pathlib import Path

from tenfold.errors import ModelError
from tenfold.models import Card, load_model

__all__ = ["cache_folder", "converted_file"]


def converted_file(source: str | Path) -> tuple[Path, Card]:
    """Return the model file that ``source`` converts to, and its card.

    It is converted unless the cache has it, by the file's content and the converter's version.

    Raises:
        ModelError: if it cannot be converted.
        MissingExtraError: if a package that its kind needs is not installed.
        StorageError: if the file cannot be read, or the cache not written.
    """
    from tenfold.exchange._convert import CONVERTER, convert_model
    from tenfold.exchange._source import read_source

    digest = read_source(Path(source)).digest
    path = cache_folder() / f"{digest}-{CONVERTER}.onnx"
    if path.is_file():
        try:
            return path, load_model(path).card
        except ModelError:
            # Damaged on the disk: made anew.
            pass
    convert_model(source, path)
    return path, load_model(path).card


def cache_folder() -> Path:
    """Return where converted models are kept: in TENFOLD_CACHE, else in the user's cache folder."""
    root = os.environ.get("TENFOLD_CACHE")
    if root:
        return Path(root).expanduser() / "converted"
    from platformdirs import user_cache_path

    return user_cache_path("tenfold", appauthor=False) / "converted"
