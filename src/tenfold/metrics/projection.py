"""Many numbers an image brought down to two, for a map."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError, MissingExtraError, UnknownNameError
from tenfold.language import text as _

__all__ = ["METHODS", "project"]

METHODS = ("pca", "tsne")
FEWEST = 4


def project(
    features: npt.NDArray[np.floating[Any]], method: str = "tsne", seed: int = 0
) -> npt.NDArray[np.float64]:
    """Return a place on a plane for each row, like rows near each other; scikit-learn does it.

    Args:
        features: float [N, D], N at least 4, D at least 2, all finite.
        method: "pca", the two directions of largest variance: quick, and distances mean something;
            or "tsne", which keeps neighbors together: clusters stand apart, but neither their
            sizes nor the distances between them mean anything.
        seed: of t-SNE.

    Returns:
        float64 [N, 2]; the same for the same input and seed.

    Raises:
        UnknownNameError: for another method.
        InputError: if there are too few rows or columns, or a value is not finite.
        MissingExtraError: if scikit-learn is not installed.
    """
    if method not in METHODS:
        raise UnknownNameError(_("method"), method, METHODS)
    if features.ndim != 2 or features.shape[0] < FEWEST or features.shape[1] < 2:
        raise InputError(
            _(
                "Received features {shape}; expected [N, D] with N >= {fewest} and D >= 2.",
                shape=list(features.shape),
                fewest=FEWEST,
            )
        )
    if not np.isfinite(features).all():
        raise InputError(_("Received features that are not finite numbers."))
    try:
        from sklearn.decomposition import PCA
        from sklearn.manifold import TSNE
    except ImportError as error:
        raise MissingExtraError("train", _("A map of digits")) from error
    count, width = features.shape
    reduced = PCA(min(2 if method == "pca" else 50, count, width), random_state=seed)
    points = reduced.fit_transform(features.astype(np.float64))
    if method == "tsne":
        # Fewer rows than three times the perplexity have no neighborhoods to keep.
        perplexity = min(30.0, (count - 1) / 3)
        points = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(points)
    return np.asarray(points, np.float64)
