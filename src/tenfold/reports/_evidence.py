"""What a model answers to the images it was scored on, worked out anew for the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.data import DataSet, LabeledImages, load_dataset
from tenfold.data.sources import cache_folder
from tenfold.data.sources.cache import read_cache
from tenfold.errors import SourceError, TenfoldError
from tenfold.language import text as _
from tenfold.models import load_model
from tenfold.reports._records import RunRecord

__all__ = ["Evidence", "find_evidence"]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Images and labels with a model's probabilities, float [N, 10]."""

    data: LabeledImages
    probabilities: npt.NDArray[np.floating[Any]]


def find_evidence(record: RunRecord) -> Evidence | str:
    """Return what a run's model answers to its test images, or in words why it cannot be asked."""
    settings = record.settings
    try:
        data = _load(settings.data)
        if data.hash() != settings.data_hash:
            return _(
                "The data of {data} are not those of the run, so pictures of digits are left out.",
                data=settings.data,
            )
        return Evidence(
            data.test, load_model(record.run.model_path).predict_proba(data.test.images)
        )
    except TenfoldError as error:
        # A report of what is there is of use all the same, and it says what is not.
        return _("Pictures of digits are left out: {reason}", reason=error)


def _load(name: str) -> DataSet:
    """Load a data set from this machine; for a report nothing is fetched."""
    if name != "mnist":
        return load_dataset(name)
    data = read_cache(cache_folder())
    if data is None:
        raise SourceError(
            _(
                "MNIST is not in the cache, {folder}. To have them: tenfold data fetch mnist",
                folder=cache_folder(),
            )
        )
    return data
