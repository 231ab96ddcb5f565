"""A projection keeps like rows together, and says what it cannot do."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from tenfold.errors import InputError, MissingExtraError, UnknownNameError
from tenfold.metrics import project

RANDOM = np.random.default_rng(0)
CLUSTERS = np.repeat(np.eye(3) * 40, 20, axis=0) @ RANDOM.normal(0, 1, (3, 12))
FEATURES = CLUSTERS + RANDOM.normal(0, 0.5, (60, 12))


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_clusters_stay_together_and_the_seed_decides(method: str) -> None:
    points = project(FEATURES, method, seed=1)
    assert points.shape == (60, 2)
    assert points.dtype == np.float64
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (apart.argmin(axis=1) // 20 == np.arange(60) // 20).all()
    np.testing.assert_array_equal(project(FEATURES, method, seed=1), points)


def test_pca_finds_the_longest_direction() -> None:
    line = np.outer(np.arange(10.0), [3, 4])
    points = project(line, "pca")
    assert np.abs(np.diff(points[:, 0])) == pytest.approx(5)
    assert points[:, 1] == pytest.approx(0, abs=1e-9)


def test_few_rows_and_few_columns_will_do() -> None:
    assert project(np.eye(4), "tsne").shape == (4, 2)
    assert project(np.eye(4)[:, :2], "pca").shape == (4, 2)


@pytest.mark.parametrize(
    "features", [np.zeros((3, 5)), np.zeros((9, 1)), np.zeros(9), np.full((9, 9), np.inf)]
)
def test_features_that_will_not_do_are_refused(features: Any) -> None:
    with pytest.raises(InputError, match="Received features"):
        project(features, "pca")


def test_an_unknown_method_names_the_known() -> None:
    with pytest.raises(UnknownNameError, match="Known: pca, tsne"):
        project(FEATURES, "umap")


def test_without_scikit_learn_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.decomposition", None)
    with pytest.raises(MissingExtraError, match="tenfold\\[train\\]"):
        project(FEATURES, "pca")
