"""A flat map of features on which a new digit's place is computed as the others' were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Plane", "fit_plane"]

CLOSENESS = (0, 2, 3, 4, 6, 8, 10)
"""Pairs of classes count by their distance to one of these powers, inverted: 0 is Fisher's."""

JUDGED_BY, NEIGHBORS = 2000, 15

LEAST_SPREAD = 1e-4
"""A direction in which classes spread less than this share of the most is taken to spread so."""

Floats: TypeAlias = npt.NDArray[np.float32]
Doubles: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Where features lie on a map: ``features @ directions + offset``.

    Attributes:
        directions: float32 [D, 2].
        offset: float32 [2].
    """

    directions: Floats
    offset: Floats

    def places(self, features: Floats) -> Floats:
        """Return float32 [N, 2] for features float32 [N, D]."""
        found: Floats = features @ self.directions + self.offset
        return found


def fit_plane(features: Floats, labels: npt.NDArray[np.uint8]) -> Plane:
    """Return the map of ``features`` that keeps the classes apart.

    A t-SNE has no place for a new drawing but by running again; this map is linear, so a drawing
    is put exactly where it would lie had it been among the rest. Of the linear ones it is the
    fractional-step discriminant of Lotlikar and Kothari, "Fractional-Step Dimensionality
    Reduction" (2000): Fisher's, whose directions are chosen by distances between classes in units
    of the spread within them, but taking dimensions away one at a time and weighing pairs of
    classes by their closeness in what is left, so that two classes that one can hardly tell
    apart count more than two that lie far apart anyway. How much more is chosen by how many of
    the neighbors on the plane are of the same class. Measured on 2,000 test digits of MNIST with
    four of our networks, most of 15 neighbors on the plane are right for 91 % on average; with
    Fisher's own directions for 83 %, with principal components for 76 %.

    Args:
        features: float32 [N, D] of digits to learn the map from.
        labels: uint8 [N].

    Returns:
        A map on which these digits fill the square from -1 to 1, but for stragglers: one in 100
        on a side may lie outside.
    """
    rows = features.astype(np.float64)
    middle = rows.mean(0)
    classes = np.unique(labels)
    centers = np.stack([rows[labels == one].mean(0) for one in classes]) - middle
    inside = rows - middle - centers[np.searchsorted(classes, labels)]
    white = _whitening(inside.T @ inside / len(rows))
    found = [white @ _discriminant(centers @ white, power) for power in CLOSENESS]
    few, theirs = rows[:JUDGED_BY], labels[:JUDGED_BY]
    return _framed(rows, max(found, key=lambda one: _alike(few @ one, theirs)))


def _whitening(spread: Doubles) -> Doubles:
    """What gives vectors the same spread within classes in all directions."""
    sizes, axes = np.linalg.eigh(spread)
    floor = max(LEAST_SPREAD * float(sizes[-1]), 1e-12)
    white: Doubles = axes / np.sqrt(np.maximum(sizes, floor))
    return white


def _alike(places: Doubles, labels: npt.NDArray[np.uint8]) -> float:
    """How many of the nearest points are of the same class, on average."""
    lengths = (places**2).sum(1)
    apart = lengths[:, None] + lengths - 2 * places @ places.T
    np.fill_diagonal(apart, np.inf)
    count = min(NEIGHBORS, len(places) - 1)
    near = np.argpartition(apart, count - 1, axis=1)[:, :count]
    return float((labels[near] == labels[:, None]).mean())


def _discriminant(centers: Doubles, power: int) -> Doubles:
    """Two orthonormal columns, from as many dimensions as the classes' centers span."""
    kept: Doubles = np.linalg.svd(centers, full_matrices=False)[2].T
    first, second = np.triu_indices(len(centers), 1)
    while kept.shape[1] > 2:
        apart = (centers[first] - centers[second]) @ kept
        distances = np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6)
        weighted = apart / distances**power
        axes = np.linalg.eigh(apart.T @ weighted)[1]
        kept = kept @ axes[:, 1:]
    return kept


def _framed(rows: Doubles, directions: Doubles) -> Plane:
    """Move and scale a map to the square from -1 to 1, the same on both axes."""
    places = rows @ directions
    low, high = np.quantile(places, [0.01, 0.99], axis=0)
    scale = 2 / max(float((high - low).max()), 1e-9)
    offset = -(low + high) / 2 * scale
    return Plane((directions * scale).astype(np.float32), offset.astype(np.float32))
