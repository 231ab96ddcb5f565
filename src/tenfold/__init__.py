"""Tenfold recognizes handwritten digits: it reads them, and it proves how well.

    import tenfold

    (x_train, y_train), (x_test, y_test) = tenfold.load_dataset("mnist")
    run = tenfold.train("cnn-deep")
    model = tenfold.load_model(run.model_path)
    model.predict_proba(x_test[:3])
    tenfold.Reader(model).read("seven.png").text

Names are imported when first used, so that importing tenfold is quick and needs no PyTorch.
No library that it uses may tell its maker of it (``tenfold.privacy``).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tenfold.privacy import stay_silent

if TYPE_CHECKING:
    from tenfold.classifier import TenfoldClassifier
    from tenfold.data import DataSet, LabeledImages, load_dataset
    from tenfold.errors import TenfoldError
    from tenfold.exchange import convert_model, export_model
    from tenfold.experiments.collect import compare
    from tenfold.experiments.crossval import crossval
    from tenfold.experiments.reproduce import reproduce
    from tenfold.experiments.seeds import train_seeds
    from tenfold.experiments.sweep import sweep
    from tenfold.figures import figure_names, find_figure
    from tenfold.metrics import Evaluation, evaluate_probabilities
    from tenfold.models import Model, load_model
    from tenfold.models.calibrating import calibrate
    from tenfold.models.predictions import Predictions, predict
    from tenfold.reader import Digit, Reader, Reading
    from tenfold.recipes import Recipe, load_recipe, recipe_names
    from tenfold.records import Run
    from tenfold.reports import write_report
    from tenfold.training import resume, train
    from tenfold.training.adapting import adapt

__all__ = [
    "DataSet",
    "Digit",
    "Evaluation",
    "LabeledImages",
    "Model",
    "Predictions",
    "Reader",
    "Reading",
    "Recipe",
    "Run",
    "TenfoldClassifier",
    "TenfoldError",
    "adapt",
    "calibrate",
    "compare",
    "convert_model",
    "crossval",
    "evaluate_probabilities",
    "export_model",
    "figure_names",
    "find_figure",
    "load_dataset",
    "load_model",
    "load_recipe",
    "predict",
    "recipe_names",
    "reproduce",
    "resume",
    "sweep",
    "train",
    "train_seeds",
    "write_report",
]

stay_silent()

_HOMES = {
    "DataSet": "data",
    "Digit": "reader",
    "Evaluation": "metrics",
    "LabeledImages": "data",
    "Model": "models",
    "Predictions": "models.predictions",
    "Reader": "reader",
    "Reading": "reader",
    "Recipe": "recipes",
    "Run": "records",
    "TenfoldClassifier": "classifier",
    "TenfoldError": "errors",
    "adapt": "training.adapting",
    "calibrate": "models.calibrating",
    "compare": "experiments",
    "convert_model": "exchange",
    "crossval": "experiments",
    "evaluate_probabilities": "metrics",
    "export_model": "exchange",
    "figure_names": "figures",
    "find_figure": "figures",
    "load_dataset": "data",
    "load_model": "models",
    "load_recipe": "recipes",
    "predict": "models.predictions",
    "recipe_names": "recipes",
    "reproduce": "experiments",
    "resume": "training",
    "sweep": "experiments",
    "train": "training",
    "train_seeds": "experiments",
    "write_report": "reports",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("tenfold")
    if name not in _HOMES:
        raise AttributeError(f"module 'tenfold' has no attribute {name!r}")
    return getattr(importlib.import_module(f"tenfold.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
