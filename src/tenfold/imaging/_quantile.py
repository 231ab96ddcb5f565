"""A value by its rank; for small planes numpy's own quantiles take longer than all else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["ranked"]


def ranked(values: npt.NDArray[np.float32], share: float) -> float:
    """Return the value of ``values``, at least one, that ``share`` of the others do not exceed.

    A share of 0.5 gives the median, of an even count the lower one of the two.
    """
    flat = values.ravel()
    at = int(share * (flat.size - 1))
    return float(np.partition(flat, at)[at])
