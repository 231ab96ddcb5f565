"""A recipe as a scikit-learn estimator.

    from sklearn.model_selection import cross_val_score

    cross_val_score(tenfold.TenfoldClassifier("sprint", epochs=3), images, labels)

It trains by the same trainer as ``tenfold.train``: the same recipe, images and seed give the same
weights, bit for bit.
"""

from importlib.util import find_spec

from tenfold.errors import MissingExtraError

if find_spec("sklearn") is None:
    raise MissingExtraError("train", "TenfoldClassifier")

from tenfold.classifier._classifier import TenfoldClassifier

__all__ = ["TenfoldClassifier"]
