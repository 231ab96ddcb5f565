"""A run as a source: its history, its model, and a look inside its network."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tenfold.cli._sources.choices import Choices
from tenfold.cli._sources.mapped import MappedDigits, map_digits
from tenfold.cli._sources.model import ScoredSource
from tenfold.cli._sources.picture import read_digits
from tenfold.data import DataSet, Images, LabeledImages, Labels, load_dataset
from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.models import Model, load_model
from tenfold.recipes import LayerSummary, summarize
from tenfold.records import EpochRow, Run

if TYPE_CHECKING:
    from tenfold.insight.gradients import Inspection

__all__ = ["RunSource"]


class RunSource(ScoredSource):
    """A run, scored on the test images, or on those held out if it left the test images alone."""

    def __init__(self, run: Run, choices: Choices) -> None:
        self._run = run
        self._choices = choices
        self._recipe = run.plan.network
        self._settings = run.plan.settings

    @staticmethod
    def kind() -> str:
        """What this is, for a person."""
        return _("a run's folder")

    @property
    def histories(self) -> list[list[EpochRow]]:
        """The one history of the run."""
        return [self._run.history]

    @property
    def title(self) -> str:
        """What stands above the curves."""
        return self._recipe.name

    name = title

    @property
    def test(self) -> tuple[float, float] | None:
        """Loss and accuracy on the test images, if they were scored."""
        scores = self._run.scores.test if self._run.finished else None
        return (scores.loss, scores.accuracy) if scores else None

    @property
    def over(self) -> str | None:
        """What the curves are drawn over."""
        return "step" if self._recipe.sampling == "replacement" else None

    @cached_property
    def layers(self) -> tuple[LayerSummary, ...]:
        """The network, layer by layer."""
        return summarize(self._recipe.layers)

    @cached_property
    def model(self) -> Model:
        """The trained model."""
        return load_model(self._run.model_path)

    @cached_property
    def data(self) -> LabeledImages:
        """The images that it is scored on."""
        chosen = self._choices
        data = load_dataset(chosen.data or self._settings.data)
        if chosen.data or chosen.split or self._settings.test:
            return data.split(chosen.split or "test")
        return self._held_out(data)

    def _held_out(self, data: DataSet) -> LabeledImages:
        """The images that the run was not trained on, where it left the test images alone."""
        from tenfold.training.splits import split_data

        settings = self._settings
        held = split_data(self._recipe, data, settings.subset, settings.fold)[1]
        if held is None:
            raise InputError(
                _(
                    "The run in {folder} held no images out; choose some with --split or --data.",
                    folder=self._run.folder,
                )
            )
        return held

    @cached_property
    def _inside(self) -> Inspection:
        from tenfold.insight.gradients import Inspection

        return Inspection(self._run)

    @property
    def weights(self) -> npt.NDArray[np.float32]:
        """float32 [N, H, W]: of the first layer."""
        return self._inside.first_weights()

    @cached_property
    def image(self) -> npt.NDArray[Any]:
        """[28, 28]: the picture, or an image of the data, to look at."""
        if self._choices.picture is not None:
            return read_digits(self._choices.picture, self.model)[0].placed
        if self._choices.index >= len(self.data):
            raise InputError(
                _(
                    "Received index {index}; expected 0 to {last}.",
                    index=self._choices.index,
                    last=len(self.data) - 1,
                )
            )
        image: npt.NDArray[np.uint8] = self.images[self._choices.index]
        return image

    @property
    def outputs(self) -> tuple[tuple[str, npt.NDArray[np.float32]], ...]:
        """What each layer makes of the image."""
        return self._inside.activations(self.image)

    @cached_property
    def _answer(self) -> npt.NDArray[np.float32]:
        answer: npt.NDArray[np.float32] = self._inside.probabilities(self.image)[0]
        return answer

    @property
    def digit(self) -> int:
        """Whose logit: as chosen, or the most probable digit's."""
        return int(self._answer.argmax()) if self._choices.digit is None else self._choices.digit

    @property
    def confidence(self) -> float:
        """The digit's probability."""
        return float(self._answer[self.digit])

    @property
    def gradient(self) -> npt.NDArray[np.float32]:
        """float32 [28, 28]: of the digit's logit by each pixel."""
        return self._inside.saliency(self.image, self.digit)

    @cached_property
    def _map(self) -> MappedDigits:
        picture = None if self._choices.picture is None else self.image
        return map_digits(self.data, picture, self._inside.features, self._choices)

    @property
    def points(self) -> npt.NDArray[np.float64]:
        """float64 [N, 2]: where digits lie by what the last layer is given."""
        return self._map.points

    @property
    def digits(self) -> Labels:
        """uint8 [N]: which digit each point is."""
        return self._map.chosen.labels

    @property
    def thumbnails(self) -> Images:
        """uint8 [N, 28, 28]: the image of each point."""
        return self._map.chosen.images

    @property
    def mark(self) -> npt.NDArray[np.float64] | None:
        """float64 [2]: the chosen picture's place."""
        return self._map.mark

    @property
    def method(self) -> str:
        """How the points were placed."""
        return f"{self._recipe.name}, {self._map.method}"
