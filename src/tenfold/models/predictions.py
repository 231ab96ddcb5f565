"""What a model takes images for, as Kaggle's competition wants it told."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenfold.data import DataSet, Images, load_dataset
from tenfold.errors import InputError, UnlabeledWarning
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.models.bundled import open_model
from tenfold.models.model import Model

__all__ = ["Predictions", "predict"]


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a model takes the images of a split for.

    Args:
        split: which images: "train", "valid" or "test".
        probabilities: float32 [N, 10], of each digit for each image.
    """

    split: str
    probabilities: npt.NDArray[np.float32]

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """The most probable digit of each image, int64 [N]."""
        labels: npt.NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return labels

    def __len__(self) -> int:
        return len(self.probabilities)

    def lines(self, *, probabilities: bool = False) -> Iterator[str]:
        """Yield the lines of a CSV: ImageId (from 1), Label, and each digit's probability."""
        yield ",".join(["ImageId", "Label", *(map(str, range(10)) if probabilities else ())])
        rows = zip(self.labels.tolist(), self.probabilities.tolist(), strict=True)
        for number, (label, row) in enumerate(rows, 1):
            more = [f"{share:.6f}" for share in row] if probabilities else []
            yield ",".join([str(number), str(label), *more])

    def save(self, path: str | Path, *, probabilities: bool = False) -> None:
        """Write ``lines`` to a file, whole or not at all.

        Raises:
            StorageError: if it cannot be written.
        """
        lines = self.lines(probabilities=probabilities)
        write_whole(Path(path), "".join(f"{line}\n" for line in lines))


def predict(
    model: str | Path | Model,
    data: str | Path | DataSet = "mnist",
    *,
    split: str | None = None,
    label_column: str | int | None = None,
) -> Predictions:
    """Say what a model takes the images of a data set for, labeled or not.

    Args:
        model: a bundled model's name, a model file, or a model.
        data: "mnist", the path of a data set in any known format, or a data set.
        split: which images; by default those without labels if there are some, else the test
            images, else the first split there is.
        label_column: as for ``load_dataset``.

    Raises:
        ModelError: if the model is damaged or none.
        InputError: if there are no such images.
        FormatError: if the data are damaged or in no known format.
    """
    opened = model if isinstance(model, Model) else open_model(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnlabeledWarning)
        loaded = (
            data if isinstance(data, DataSet) else load_dataset(data, label_column=label_column)
        )
    chosen, images = _images(loaded, split)
    if not len(images):
        raise InputError(_("There are no images to predict in {name}.", name=loaded.name))
    return Predictions(chosen, opened.predict_proba(images))


def _images(data: DataSet, split: str | None) -> tuple[str, Images]:
    """Return the name and the images of a split, unlabeled ones before others."""
    for part in (dict(data.unlabeled), {name: part.images for name, part in data.splits.items()}):
        chosen = split or ("test" if "test" in part else next(iter(part), ""))
        if chosen in part:
            return chosen, part[chosen]
    return split or "", data.split(split or "").images
