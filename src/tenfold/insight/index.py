"""What one network makes of all training digits, kept small."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tenfold.data import DataSet, LabeledImages
from tenfold.files import storage_error, write_whole
from tenfold.insight.network import OpenNetwork
from tenfold.insight.plane import Plane, fit_plane

__all__ = ["DigitIndex", "build_index", "load_index", "save_index"]

WIDTH = 128
"""Numbers that are kept of a digit."""

SAMPLE = 2**25
"""Numbers that are looked at to choose what is kept."""

MAPPED_BY = 20_000
"""The map is learned from so many training digits."""

CHUNK = 1000
MOST_POINTS = 2000
DIGEST = 32

Floats: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class DigitIndex:
    """All training digits as a network sees them, and some test digits on a map.

    Attributes:
        basis: float32 [D, R], R at most 128: the directions in which features differ most.
        rows: float32 [N, R]: features of the training digits, each of length 1 before it was
            brought down to these directions. 31 MB for MNIST.
        plane: the map.
        points: float32 [M, 2]: where test digits lie on it, 2,000 at most.
        digits: uint8 [M]: which digits they are.
    """

    basis: Floats
    rows: Floats
    plane: Plane
    points: Floats
    digits: npt.NDArray[np.uint8]

    def reduced(self, features: Floats) -> Floats:
        """Return float32 [N, R] for features float32 [N, D], as ``rows`` are."""
        small: Floats = unit(features) @ self.basis
        return small

    def places(self, features: Floats) -> Floats:
        """Return float32 [N, 2]: where features lie on the map."""
        return self.plane.places(self.reduced(features))


def unit(features: Floats) -> Floats:
    """Return each row at length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    scaled: Floats = features / np.maximum(lengths, np.float32(1e-12))
    return scaled


def build_index(network: OpenNetwork, data: DataSet, report: Callable[[float], None]) -> DigitIndex:
    """Ask a network for all training digits; some seconds for MNIST.

    Args:
        network: the network.
        data: training and test digits.
        report: receives the share that is done now and then, and ends the work by raising.
    """
    basis = _basis(network, data.train)
    rows = np.empty((len(data.train), basis.shape[1]), np.float32)
    for at in range(0, len(rows), CHUNK):
        report(at / len(rows))
        rows[at : at + CHUNK] = unit(network.features(data.train.images[at : at + CHUNK])) @ basis
    plane = fit_plane(rows[:MAPPED_BY], data.train.labels[:MAPPED_BY])
    order = np.random.default_rng(0).permutation(len(data.test))[:MOST_POINTS]
    shown = data.test[order]
    points = plane.places(unit(network.features(shown.images)) @ basis)
    report(1.0)
    return DigitIndex(basis, rows, plane, points, shown.labels)


def _basis(network: OpenNetwork, digits: LabeledImages) -> Floats:
    """The directions in which the features of a sample of ``digits`` are largest."""
    wide = network.features(digits.images[:1]).shape[1]
    order = np.random.default_rng(0).permutation(len(digits))
    sample = unit(network.features(digits.images[order[: max(SAMPLE // wide, 4 * WIDTH)][:4096]]))
    # The smaller of the two products has the same answer.
    if wide <= len(sample):
        axes = np.linalg.eigh(sample.T @ sample)[1][:, ::-1]
        return np.ascontiguousarray(axes[:, :WIDTH], np.float32)
    sizes, sides = np.linalg.eigh(sample @ sample.T)
    kept = sizes[::-1][:WIDTH] > 1e-6 * float(sizes[-1])
    return unit((sample.T @ sides[:, ::-1][:, :WIDTH][:, kept]).T).T


def save_index(index: DigitIndex, path: Path) -> None:
    """Keep an index in a file, whole or not at all.

    Raises:
        StorageError: if it cannot be written.
    """
    content = io.BytesIO()
    np.savez(
        content,
        basis=index.basis,
        rows=index.rows,
        directions=index.plane.directions,
        offset=index.plane.offset,
        points=index.points,
        digits=index.digits,
    )
    body = content.getvalue()
    write_whole(path, hashlib.sha256(body).digest() + body)


def load_index(path: Path) -> DigitIndex | None:
    """Return a kept index; None if there is none, or not as it was written.

    Raises:
        StorageError: if it cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(path, error) from error
    body = memoryview(content)[DIGEST:]
    if hashlib.sha256(body).digest() != content[:DIGEST]:
        return None
    with np.load(io.BytesIO(body), allow_pickle=False) as kept:
        plane = Plane(kept["directions"], kept["offset"])
        return DigitIndex(kept["basis"], kept["rows"], plane, kept["points"], kept["digits"])
