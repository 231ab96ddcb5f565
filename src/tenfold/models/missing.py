"""What is said where no model file is: in a folder, which file in it is meant."""

from __future__ import annotations

import os
from pathlib import Path

from tenfold.errors import ModelError
from tenfold.language import text as _

__all__ = ["missing_model", "models_in"]


def missing_model(path: Path) -> ModelError:
    """Return the error for a path that is no file; of a folder it names the model in it."""
    found = models_in(path)
    if found:
        return ModelError(
            _("{folder} is a folder; name the model in it: {path}", folder=path, path=found[0])
        )
    # Path.is_dir raises for a name that is too long.
    if os.path.isdir(path):  # noqa: PTH112
        return ModelError(_("There is no model file (.onnx) in the folder {folder}.", folder=path))
    return ModelError(_("There is no model file {path}.", path=path))


def models_in(folder: Path) -> list[Path]:
    """Return the ONNX files in a folder, a run's own first; none if it cannot be listed."""
    try:
        found = [file for file in folder.iterdir() if file.suffix.lower() == ".onnx"]
    except (OSError, ValueError):
        return []
    return sorted(found, key=lambda file: (file.name != "model.onnx", file.name))
