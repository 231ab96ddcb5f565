"""Which images are trained on, watched, and left for the last measurement."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tenfold.data import DataSet, LabeledImages, Labels
from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes import Recipe
from tenfold.records import Fold

__all__ = ["split_data", "split_fold"]

Indices = npt.NDArray[np.intp]


def split_fold(fold: Fold, labels: Labels) -> tuple[Indices, Indices]:
    """Return the indices to train on and those held out.

    Raises:
        InputError: if there are too few images for so many folds.
    """
    from sklearn.model_selection import KFold, StratifiedKFold

    kind = StratifiedKFold if fold.stratified else KFold
    cutter = kind(fold.folds, shuffle=True, random_state=fold.seed + fold.repeat)
    try:
        parts = list(cutter.split(np.zeros(len(labels)), labels))
    except ValueError as error:
        raise InputError(
            _(
                "These images cannot be cut into {folds} folds: {reason}",
                folds=fold.folds,
                reason=error,
            )
        ) from error
    if fold.index >= len(parts):
        raise InputError(
            _(
                "Received fold {index} of {folds}; they count from 0.",
                index=fold.index,
                folds=fold.folds,
            )
        )
    train, held = parts[fold.index]
    return train, held


def split_data(
    recipe: Recipe, data: DataSet, subset: int | None, fold: Fold | None
) -> tuple[LabeledImages, LabeledImages | None]:
    """Return the images to train on and those to watch after each epoch, if any.

    A fold's held-out images are watched in place of whatever the recipe watches. A data set's
    own "valid" split is watched by a recipe that holds images out, else trained on.

    Raises:
        InputError: if nothing would be left to train on, or there are no test images to watch.
    """
    if fold is not None:
        images = _everything(data)[:subset]
        train, held = split_fold(fold, images.labels)
        return images[train], images[held]
    if recipe.validation == "test":
        return _everything(data)[:subset], _test(data)
    if "valid" in data.splits and recipe.validation:
        return data.train[:subset], data.split("valid")
    images = _everything(data)[:subset]
    keep = len(images) - recipe.validation
    if keep < 1:
        raise InputError(
            _(
                "Received validation {held} of {count} training images; none would be left.",
                held=recipe.validation,
                count=len(images),
            )
        )
    return images[:keep], images[keep:] if recipe.validation else None


def _test(data: DataSet) -> LabeledImages:
    """The test images, which a recipe of ``validation="test"`` watches."""
    if "test" not in data.splits:
        raise InputError(
            _(
                "This recipe watches the test images, and the data set {name} has none with "
                "labels. Hold training images out instead: --validation {count} "
                '(changes={{"validation": {count}}}).',
                name=data.name,
                count=max(1, len(_everything(data)) // 6),
            )
        )
    return data.test


def _everything(data: DataSet) -> LabeledImages:
    """All images but the test images: "train", then "valid" where there is one."""
    if "valid" not in data.splits:
        return data.train
    parts = (data.train, data.split("valid"))
    images = np.concatenate([part.images for part in parts])
    return LabeledImages(images, np.concatenate([part.labels for part in parts]))
