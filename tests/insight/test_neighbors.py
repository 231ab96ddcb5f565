"""The nearest training digits, and the map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from _rounding import UNIT
from tenfold.data import DataSet
from tenfold.insight import index as indexes
from tenfold.insight import nearest, open_network
from tenfold.insight.index import DigitIndex, build_index, load_index, save_index, unit
from tenfold.insight.network import OpenNetwork
from tenfold.insight.plane import fit_plane
from tenfold.models import Model

LENGTHS = 3 * 128 * UNIT
"""How far 1 may be off as the likeness of equals: three sums of 128 squares of a unit vector."""
FEATURES = 2 * 3136 * UNIT
"""What two kernels may make of a feature, a sum of 3,136 products, as a share of its size."""


@pytest.fixture(scope="module")
def network(bundled: Model) -> OpenNetwork:
    return open_network(bundled)


@pytest.fixture(scope="module")
def index(network: OpenNetwork, drawn: DataSet) -> DigitIndex:
    return build_index(network, drawn, lambda _share: None)


def shares_near(points: npt.NDArray[Any], labels: npt.NDArray[Any], count: int = 9) -> float:
    """How often most of the nearest points are of the right class."""
    apart = ((points[:, None] - points[None]) ** 2).sum(-1)
    np.fill_diagonal(apart, np.inf)
    near = labels[np.argsort(apart, axis=1)[:, :count]]
    return float(np.mean([np.bincount(row).argmax() for row in near] == labels))


def test_a_training_digit_is_its_own_nearest(
    network: OpenNetwork, index: DigitIndex, drawn: DataSet
) -> None:
    first, second = nearest(network, index, drawn.train, drawn.train.images[77], 2)
    assert first.index == 77
    assert first.distance == pytest.approx(0, abs=LENGTHS)
    assert first.label == drawn.train.labels[77]
    np.testing.assert_array_equal(first.image, drawn.train.images[77])
    assert second.distance >= first.distance


@pytest.mark.parametrize("width", [128, 16])
def test_the_nearest_are_those_that_a_full_search_finds(
    network: OpenNetwork, drawn: DataSet, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(indexes, "WIDTH", width)
    index = build_index(network, drawn, lambda _share: None)
    assert index.rows.shape == (1200, width)
    image = drawn.test.images[5]
    likeness = unit(network.features(drawn.train.images)) @ unit(network.features(image))[0]
    expected = np.argsort(-likeness, kind="stable")[:10]
    found = nearest(network, index, drawn.train, image, 10)
    indices = [one.index for one in found]
    assert len(set(indices)) == 10
    # Two that are as near may change places.
    atol = LENGTHS + FEATURES
    np.testing.assert_allclose(likeness[indices], likeness[expected], rtol=0, atol=atol)
    distances = [one.distance for one in found]
    np.testing.assert_allclose(distances, 1 - likeness[indices], rtol=0, atol=atol)


def test_more_features_than_digits_are_brought_down_too(
    network: OpenNetwork, drawn: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = DataSet("few", {"train": drawn.train[:90], "test": drawn.test[:20]})
    index = build_index(network, few, lambda _share: None)
    assert index.rows.shape[1] <= 90
    np.testing.assert_allclose(index.basis.T @ index.basis, np.eye(index.basis.shape[1]), atol=1e-3)
    exact = unit(network.features(few.train.images))
    np.testing.assert_allclose(index.rows @ index.rows.T, exact @ exact.T, atol=1e-3)
    assert len(nearest(network, index, few.train, drawn.test.images[0], 50)) == 50
    assert nearest(network, index, few.train, np.zeros((28, 28), np.uint8), 1)[0].distance <= 2


def test_a_new_digit_lies_where_it_would_had_it_been_among_the_rest(
    network: OpenNetwork, index: DigitIndex, drawn: DataSet
) -> None:
    order = np.random.default_rng(0).permutation(300)
    np.testing.assert_array_equal(index.digits, drawn.test.labels[order])
    for at in (0, 17):
        place = index.places(network.features(drawn.test.images[order[at]]))[0]
        atol = FEATURES * np.linalg.norm(index.plane.directions, 2)
        np.testing.assert_allclose(place, index.points[at], rtol=0, atol=atol)


def test_like_digits_lie_together_on_the_map(index: DigitIndex) -> None:
    assert shares_near(index.points, index.digits) > 0.8
    assert np.abs(index.points).max() < 3


def test_the_map_keeps_classes_apart_that_principal_components_do_not() -> None:
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(10, dtype=np.uint8), 60)
    features = random.normal(0, 1, (600, 12)).astype(np.float32)
    # The direction of largest variance tells nothing of the class.
    features[:, 0] *= 30
    features[:, 2:] += 12 * np.eye(10, dtype=np.float32)[labels]
    points = fit_plane(features, labels).places(features)
    middle = features - features.mean(0)
    components = middle @ np.linalg.svd(middle, full_matrices=False)[2][:2].T
    assert shares_near(points, labels) > 0.7
    assert shares_near(components, labels) < 0.4
    low, high = np.quantile(points, [0.01, 0.99], axis=0)
    assert (high - low).max() == pytest.approx(2, abs=1e-3)


def test_features_that_tell_nothing_give_a_map_all_the_same() -> None:
    labels = np.arange(40, dtype=np.uint8) % 10
    features = np.zeros((40, 5), np.float32)
    assert np.isfinite(fit_plane(features, labels).places(features)).all()


def test_an_index_comes_back_as_it_was_kept(index: DigitIndex, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "one.index"
    assert load_index(path) is None
    save_index(index, path)
    found = load_index(path)
    assert found is not None
    for name in ("basis", "rows", "points", "digits"):
        np.testing.assert_array_equal(getattr(found, name), getattr(index, name))
    np.testing.assert_array_equal(found.plane.directions, index.plane.directions)
    np.testing.assert_array_equal(found.plane.offset, index.plane.offset)


@pytest.mark.parametrize("at", [0, 31, 32, 500, -1])
def test_a_damaged_index_is_no_index(index: DigitIndex, tmp_path: Path, at: int) -> None:
    path = tmp_path / "one.index"
    save_index(index, path)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    assert load_index(path) is None
    path.write_bytes(content[:20])
    assert load_index(path) is None
