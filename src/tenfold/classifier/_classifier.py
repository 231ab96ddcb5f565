"""The estimator."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from torch.nn import functional

from tenfold.classifier._display import fitted_html
from tenfold.classifier._resolve import settled
from tenfold.classifier._rows import as_images, as_rows, range_of, warn_of_scale
from tenfold.data import CLASSES, DataSet, LabeledImages
from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.models import load_model
from tenfold.models.scaling import PixelScaling, scaling_of
from tenfold.networks.build import build_network
from tenfold.networks.onnx_export import ScaledNetwork
from tenfold.networks.scaling import fit_scaling
from tenfold.networks.weights import kept_weights
from tenfold.recipes import Recipe
from tenfold.records import EpochRow, Run, TrainingOptions
from tenfold.training import Observer, Request, Silence, begin
from tenfold.training.devices import exact_arithmetic
from tenfold.training.loop import Tensors, Trainer
from tenfold.training.memory import keep_freed_memory
from tenfold.training.progress import observer_for_screen
from tenfold.training.settings import resolve_settings
from tenfold.training.splits import split_data

__all__ = ["TenfoldClassifier"]

BATCH = 64
"""How many images are asked at a time, always: the last bits of sums depend on how many."""

# PyTorch's random state and settings belong to the process, so its threads fit one by one.
_FITTING = threading.Lock()


class TenfoldClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # comes without types
    """A recipe as a scikit-learn classifier of images of digits, or of whatever becomes one.

    X is [N, 28, 28], [N, 784], any square images [N, side, side], or any [N, features]. Rows of
    other than 784 features are laid out line by line in the smallest square that holds them,
    paper behind, and the square is resampled to 28x28, each pixel the mean of the area it covers.

    Values become the 256 grays of a picture by one linear map, fitted in ``fit`` and kept:
    uint8 is taken as it is, 0 (paper) to 255 (ink); anything else from the least value of the
    training X, which becomes 0, to the greatest, which becomes 255. Later values outside that are
    clipped, and X of quite another scale is warned of. Features of different units want a
    ``StandardScaler`` before them in a ``Pipeline``.

    y has labels of any kind, 1 to 10 different ones. Of a network's ten outputs, the first ones
    are the classes; probabilities are a softmax over these.

    Args:
        recipe: a name, the path of a recipe file, or a ``Recipe``. What it holds out for
            validation is trained on, unless ``changes`` set "validation": scikit-learn's folds
            hold out.
        epochs: how many; None takes the recipe's, and on few images as many as make 100 steps.
        learning_rate: None takes the recipe's.
        batch_size: None takes the recipe's. With batch normalization one more may be taken,
            where else the last batch would be a single image.
        changes: other fields of the recipe to set, as for ``tenfold.train``. The three above,
            where given, go before them.
        random_state: decides weights, order and dropout. An integer is ``tenfold.train``'s seed;
            None draws one anew in each fit.
        device: "auto", "cpu", "cuda" or "mps"; a fitted network predicts on the processor.
        precision: "fp32" or "bf16"; None takes the recipe's, where the device is fast at it.
        threads: of the processor, in ``fit``; None takes PyTorch's choice.
        run: a folder that keeps the run as ``tenfold.train`` leaves it, with the model file; None
            keeps nothing. A folder that holds a run is refused, so name none in a search.
        verbose: whether to show progress on stderr.

    Attributes:
        classes_: the labels, sorted.
        n_features_in_: features in a row of X; 784 for images of 28x28.
        feature_names_in_: the columns' names, where X was a data frame.
        recipe_: the recipe as it was trained, with every change.
        history_: a list of ``EpochRow``, one an epoch.
        range_: the values of X that became 0 and 255.
        seed_: the seed that was used.
        network_: the PyTorch network, float32 [N, 1, 28, 28] in [0, 1] to logits [N, 10].
        run_: the ``Run``, or None if none was kept.
    """

    def __init__(
        self,
        recipe: str | Path | Recipe = "sprint",
        *,
        epochs: int | None = None,
        learning_rate: float | None = None,
        batch_size: int | None = None,
        changes: Mapping[str, object] | None = None,
        random_state: int | np.random.RandomState | None = 0,
        device: str = "auto",
        precision: str | None = None,
        threads: int | None = None,
        run: str | Path | None = None,
        verbose: bool = False,
    ) -> None:
        self.recipe = recipe
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.changes = changes
        self.random_state = random_state
        self.device = device
        self.precision = precision
        self.threads = threads
        self.run = run
        self.verbose = verbose

    # Here and below, X is scikit-learn's name for it.
    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> TenfoldClassifier:  # noqa: N803
        """Train the recipe on X, from the start, and return this estimator.

        Raises:
            InputError: for a recipe or setting that is not possible.
            ValueError: for X or y that scikit-learn's own checks refuse.
            RunError: if ``run`` holds a run already.
            TrainingError: if the loss is no longer a number.
        """
        rows, labels = validate_data(self, as_rows(X), y)
        self.classes_, numbers = _numbered(labels)
        self.range_ = range_of(rows)
        self.seed_ = _seed(self.random_state)
        self.run_: Run | None = None
        self.recipe_ = settled(
            self.recipe,
            self.changes or {},
            len(rows),
            epochs=self.epochs,
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
        )
        images = LabeledImages(as_images(rows, self.range_), numbers.astype(np.uint8))
        data = DataSet("X", {"train": images})
        observer = observer_for_screen() if self.verbose else Silence()
        with _FITTING:
            if self.run is None:
                self._fit_in_memory(data, observer)
            else:
                self._fit_in_folder(data, observer)
        return self

    def predict_proba(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:  # noqa: N803
        """Return the probability of each class, float64 [N, classes]; each row adds up to 1.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: for X that scikit-learn's own checks refuse.
        """
        check_is_fitted(self)
        rows = validate_data(self, as_rows(X), reset=False)
        warn_of_scale(rows, self.range_)
        images = torch.from_numpy(as_images(rows, self.range_)).unsqueeze(1)
        logits = _logits(self.network_, images)[:, : len(self.classes_)].double()
        probabilities: npt.NDArray[np.float64] = logits.softmax(1).numpy()
        return probabilities

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:  # noqa: N803
        """Return the most probable class of each row, as it stood in y.

        Raises:
            NotFittedError: before ``fit``.
            ValueError: for X that scikit-learn's own checks refuse.
        """
        probabilities = self.predict_proba(X)
        found: npt.NDArray[Any] = self.classes_[probabilities.argmax(1)]
        return found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    def _fit_in_memory(self, data: DataSet, observer: Observer) -> None:
        """Train by the trainer alone: no folder, no checkpoints, no export."""
        settings = resolve_settings(
            self.recipe_,
            data.name,
            data,
            self._options(),
        )
        fit, watched = split_data(self.recipe_, data, None, None)
        keep_freed_memory()
        with exact_arithmetic(settings.threads):
            torch.manual_seed(settings.seed)
            scaling = fit_scaling(self.recipe_, fit.images)
            trainer = Trainer(
                self.recipe_,
                scaling,
                Tensors.on(settings.device, fit),
                settings,
            )
            held = Tensors.on(settings.device, watched) if watched else None
            self.history_: list[EpochRow] = []
            trainer.train(held, observer, self.history_.append)
            # The last step may have broken the weights, which no loss after it tells.
            trainer.logits(Tensors(trainer.data.images[:1], trainer.data.labels[:1]))
        self.network_ = _asked(self.recipe_, scaling, trainer.network)

    def _fit_in_folder(self, data: DataSet, observer: Observer) -> None:
        """Train as ``tenfold.train`` does, and open what it left."""
        assert self.run is not None
        request = Request(recipe=self.recipe_, data=data, options=self._options())
        run = begin(request, run=self.run, observer=observer)
        self.run_, self.history_ = run, run.history
        scaling = scaling_of(load_model(run.model_path).card, str(run.model_path))
        with torch.random.fork_rng():
            network = build_network(self.recipe_.layers)
        weights = kept_weights(run)
        assert weights is not None
        network.load_state_dict(weights)
        self.network_ = _asked(self.recipe_, scaling, network)

    def _options(self) -> TrainingOptions:
        """What a fit asks of a training."""
        return TrainingOptions(
            seed=self.seed_,
            test=False,
            device=self.device,
            precision=self.precision,
            threads=self.threads,
        )

    def _html_repr(self) -> str:
        """Scikit-learn's diagram, and once fitted, what the fit came to."""
        diagram: str = super()._html_repr()
        return diagram + fitted_html(self) if hasattr(self, "network_") else diagram


def _numbered(labels: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    """The classes, sorted, and each label's place among them."""
    check_classification_targets(labels)
    classes, numbers = np.unique(labels, return_inverse=True)
    if len(classes) > CLASSES:
        raise InputError(
            _(
                "Received y of {count} classes; a network here tells at most {limit} apart.",
                count=len(classes),
                limit=CLASSES,
            )
        )
    return classes, numbers


@torch.no_grad()
def _logits(network: ScaledNetwork, images: torch.Tensor) -> torch.Tensor:
    """Logits [N, 10] of uint8 [N, 1, 28, 28]; an image's are the same in whatever company."""
    parts = images.split(BATCH)
    filled = [functional.pad(part, (0, 0) * 3 + (0, BATCH - len(part))) for part in parts]
    return torch.cat([network(part / 255) for part in filled])[: len(images)]


def _asked(recipe: Recipe, scaling: PixelScaling, network: torch.nn.Module) -> ScaledNetwork:
    """The network as it is asked: on the processor, without its dropout."""
    network.to("cpu").to(memory_format=torch.contiguous_format)  # type: ignore[call-overload] # stubs
    return ScaledNetwork(scaling, network, recipe.shifts).eval()


def _seed(random_state: object) -> int:
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31))
