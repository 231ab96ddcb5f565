"""Tenfold's own recipes at small scale: that they still learn what they are made for."""

from __future__ import annotations

from pathlib import Path

import pytest

import tenfold
from tenfold.data import DataSet, load_dataset
from tenfold.errors import SourceError
from tenfold.recipes import load_recipe, parameter_count
from tenfold.training import Silence

# Accuracy on 300 drawn digits after so many epochs of 1,200: a step or two below what seed 0 gave.
DRAWN = {
    "sprint": (8, 0.95),
    "champion": (4, 0.95),
    "tiny": (20, 0.90),
}


@pytest.mark.parametrize(
    "name", ["sprint", "tiny", pytest.param("champion", marks=pytest.mark.slow)]
)
def test_it_learns_drawn_digits(name: str, drawn: DataSet, tmp_path: Path) -> None:
    epochs, least = DRAWN[name]
    changes = {"epochs": epochs, "batch_size": 64}
    run = tenfold.train(name, drawn, run=tmp_path / "run", changes=changes, observer=Silence())
    assert run.scores.test.accuracy >= least


def test_tiny_is_tiny() -> None:
    assert parameter_count(load_recipe("tiny").layers) < 6_000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "subset", "least"), [("sprint", 10_000, 0.93), ("sprint-long", 10_000, 0.97)]
)
def test_sprint_on_part_of_mnist(name: str, subset: int, least: float, tmp_path: Path) -> None:
    try:
        data = load_dataset("mnist")
    except SourceError as error:
        pytest.skip(f"MNIST is not at hand: {error}")
    run = tenfold.train(name, data, run=tmp_path / "run", subset=10_000, observer=Silence())
    assert run.scores.test.accuracy >= least
