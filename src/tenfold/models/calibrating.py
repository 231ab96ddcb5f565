"""A model's softmax made to hold: a temperature fitted to labeled images, kept in its card."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tenfold.data import DataSet, load_dataset
from tenfold.errors import InputError
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.metrics import fit_temperature, measure_calibration, tempered
from tenfold.metrics.temperature import FEWEST as FEWEST_FITTED
from tenfold.models.bundled import bundled_names, open_model
from tenfold.models.card import Card
from tenfold.models.metadata import with_card

__all__ = ["FEWEST", "Fit", "calibrate", "fit"]

_EVERY = 3
"""Of so many images one is kept apart, to measure on."""

FEWEST = FEWEST_FITTED * _EVERY // (_EVERY - 1)
"""Fewer images do not say how far a confidence can be believed, and how well that was found."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A temperature, and what it was found to be worth.

    Args:
        temperature: what logits are divided by before the softmax; above 1 where the network was
            too sure of itself.
        fitted_on: how many images it was fitted to.
        checked_on: how many others the errors were measured on.
        error_before: the expected calibration error (15 bins) of the plain softmax, 0 to 1.
        error_after: the same at the temperature.
    """

    temperature: float
    fitted_on: int
    checked_on: int
    error_before: float
    error_after: float

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain data, as a card keeps them."""
        return asdict(self)


def fit(logits: npt.NDArray[np.floating[Any]], labels: npt.NDArray[np.integer[Any]]) -> Fit:
    """Fit a temperature to two of three images, and measure on the third what it is worth.

    Args:
        logits: float [N, 10], finite; N at least 150.
        labels: int [N], 0 to 9.

    Raises:
        InputError: if there are fewer images.
    """
    if len(labels) < FEWEST:
        raise InputError(
            _(
                "Received {count} images to calibrate on; expected at least {least}.",
                count=len(labels),
                least=FEWEST,
            )
        )
    apart = np.arange(len(labels)) % _EVERY == _EVERY - 1
    temperature = fit_temperature(logits[~apart], labels[~apart])
    before, after = (
        measure_calibration(tempered(logits[apart], value), labels[apart]).expected_error
        for value in (1.0, temperature)
    )
    return Fit(temperature, int((~apart).sum()), int(apart.sum()), before, after)


def calibrate(
    model: str | Path,
    data: str | Path | DataSet = "mnist",
    split: str | None = None,
    out: str | Path | None = None,
) -> tuple[Path, Fit]:
    """Fit the temperature of a model's softmax, and write the model with it in its card.

    No label changes by it, only how sure the model says it is when it reads.

    Args:
        model: the name of a bundled model, or a model file.
        data: labeled images, or where they are.
        split: which of them; by default "valid" if there is one that the model was not trained
            on, else "test", else what there is. They must be images it was not trained on: of
            its own training data that is checked.
        out: where to write; by default the model's name with "-calibrated". The model itself is
            replaced only if it is named here.

    Returns:
        Where the calibrated model is, and what was fitted.

    Raises:
        InputError: if there are fewer than 150 images, or it was trained on them.
        TenfoldError: if the model or the data cannot be used, or the file not written.
    """
    opened = open_model(model)
    images = data if isinstance(data, DataSet) else load_dataset(data)
    digest = images.hash()
    split = _choose(images, split, _trained_on(opened.card, digest))
    held = images.split(split)
    found = fit(opened.logits(held.images), held.labels)
    kept = {**found.to_dict(), "data": {"name": images.name, "sha256": digest}, "split": split}
    training = {**opened.card.training, "calibration": kept}
    card = msgspec.structs.replace(opened.card, training=training)
    path = _place(model) if out is None else Path(out)
    write_whole(path, with_card(opened.content, card))
    return path, found


def _trained_on(card: Card, digest: str) -> set[str]:
    """The splits of a data set of this hash that the model was trained on."""
    if card.data.get("sha256") != digest:
        return set()
    # Without images of its own to watch, a training takes the "valid" ones, too.
    return {"train"} if card.recipe.get("validation") not in (0, "test") else {"train", "valid"}


def _choose(images: DataSet, split: str | None, trained: set[str]) -> str:
    if split is None:
        left = [name for name in ("valid", "test", "train") if name in images.splits]
        split = next((name for name in left if name not in trained), left[0])
    if split in trained:
        raise InputError(
            _(
                "The model was trained on the {split} images of {name}: it is surer of these than "
                "of others. Calibrate it on images that it has not seen (--split, --data).",
                split=split,
                name=images.name,
            )
        )
    return split


def _place(model: str | Path) -> Path:
    if isinstance(model, str) and model in bundled_names():
        return Path(f"{model}-calibrated.onnx")
    path = Path(model)
    return path.with_name(f"{path.stem}-calibrated.onnx")
