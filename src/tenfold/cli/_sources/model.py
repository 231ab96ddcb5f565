"""A model and labeled images to score it on, as a source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenfold.cli._sources.choices import Choices
from tenfold.data import Images, LabeledImages, Labels, load_dataset
from tenfold.language import text as _
from tenfold.metrics import evaluate_probabilities
from tenfold.models import Model, load_model
from tenfold.recipes import LayerSummary, Recipe, summarize

__all__ = ["ModelSource", "ScoredSource"]


class ScoredSource(ABC):
    """What a model makes of labeled images; a subclass says which model and which images."""

    _choices: Choices

    @property
    @abstractmethod
    def model(self) -> Model:
        """The model."""

    @property
    @abstractmethod
    def data(self) -> LabeledImages:
        """The images that it is scored on."""

    @property
    def images(self) -> Images:
        """uint8 [N, 28, 28]: what is scored."""
        return self.data.images

    @property
    def labels(self) -> Labels:
        """uint8 [N]."""
        return self.data.labels

    @cached_property
    def probabilities(self) -> npt.NDArray[np.float32]:
        """float32 [N, 10]: the model's answers."""
        return self.model.predict_proba(self.images)

    @cached_property
    def matrix(self) -> npt.NDArray[np.int64]:
        """int64 [10, 10]: counts by true and predicted digit."""
        return evaluate_probabilities(self.probabilities, self.labels).confusion

    @property
    def answers(self) -> dict[str, tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]]:
        """The model's name -> how sure it is of each image, and whether it is right."""
        rows = self.probabilities
        return {self.model.card.name: (rows.max(axis=1), rows.argmax(axis=1) == self.labels)}

    @cached_property
    def examples(self) -> dict[tuple[int, int], Images]:
        """The images confused, by true and predicted digit."""
        predicted = self.probabilities.argmax(axis=1)
        return {
            (true, wrong): self.images[(self.labels == true) & (predicted == wrong)]
            for true, wrong in np.argwhere(self.matrix).tolist()
            if true != wrong
        }

    @property
    def side(self) -> int | None:
        """Images in a row, if chosen."""
        return self._choices.side


class ModelSource(ScoredSource):
    """A model file, scored on the test images of MNIST unless others are chosen."""

    def __init__(self, path: Path, choices: Choices) -> None:
        self._path = path
        self._choices = choices

    @staticmethod
    def kind() -> str:
        """What this is, for a person."""
        return _("a model file")

    @cached_property
    def model(self) -> Model:
        """The model."""
        return load_model(self._path)

    @cached_property
    def data(self) -> LabeledImages:
        """The images that it is scored on."""
        return load_dataset(self._choices.data or "mnist").split(self._choices.split or "test")

    @cached_property
    def layers(self) -> tuple[LayerSummary, ...]:
        """The network, layer by layer."""
        return summarize(Recipe.from_dict(self.model.card.recipe).layers)

    @property
    def name(self) -> str:
        """What the model is called."""
        return self.model.card.name
