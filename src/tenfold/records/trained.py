"""The model that a training left in its run folder."""

from __future__ import annotations

from pathlib import Path

from tenfold.errors import RunError
from tenfold.language import text as _
from tenfold.models import Model, bundled_names, load_model, open_model
from tenfold.records.run import Run

__all__ = ["trained_model"]


def trained_model(source: str | Path) -> Model:
    """Open a bundled model by its name, a model file, or the model in a run's folder.

    Raises:
        RunError: if the folder holds no model.
        ModelError: if the model cannot be opened.
    """
    if not source or source in bundled_names() or not Path(source).is_dir():
        return open_model(source)
    run = Run(source)
    if run.finished and run.model_path.is_file():
        return load_model(run.model_path)
    raise RunError(
        _("{folder} holds no model: it is no finished run of one network.", folder=run.folder)
    )
