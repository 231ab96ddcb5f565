"""Folders that older versions wrote read as they did then; see golden/README.md."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import tenfold
from tenfold.data import load
from tenfold.experiments import compare
from tenfold.records import Run
from tenfold.reports import write_report
from tenfold.training import Silence, resume

FOLDERS = Path(__file__).parent / "golden" / "0.1.0"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to work in."""
    place = tmp_path / "golden"
    shutil.copytree(FOLDERS, place)
    monkeypatch.chdir(place)
    return place


def test_a_run(folders: Path) -> None:
    run = Run("run")
    assert run.finished
    assert [row.epoch for row in run.history] == [1, 2]
    assert run.history[1].validation_accuracy == pytest.approx(0.375)
    assert run.scores.test.accuracy == pytest.approx(20 / 60)
    model = tenfold.load_model(run.model_path)
    test = load("drawn.npz").test
    # Answers near each other may change places by rounding; none does among these.
    assert int((model.predict(test.images) == test.labels).sum()) == 20


def test_a_run_that_was_interrupted_goes_on(folders: Path) -> None:
    run = resume("interrupted", load("drawn.npz"), observer=Silence())
    assert [row.epoch for row in run.history] == [1, 2]
    assert run.finished


def test_experiments_compare_as_they_did(folders: Path) -> None:
    (found,) = compare(["crossval"])
    assert {found.first, found.second} == {"small-a", "small-b"}
    assert abs(found.difference) == pytest.approx(0.0583, abs=1e-4)
    assert found.n == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("run", "33.33%"),
        ("tuned", "55.00%"),
        ("interrupted", "interrupted"),
        ("crossval", "21.25%"),
        ("sweep", "12.50%"),
        ("seeds", "28.33%"),
    ],
)
def test_a_report_of_each(folder: str, said: str, folders: Path) -> None:
    write_report([Path(folder)], Path("report.md"))
    assert said in Path("report.md").read_text(encoding="utf-8")


def test_the_images_are_those_of_then(folders: Path) -> None:
    assert load("drawn.npz").hash() == Run("run").plan.settings.data_hash
    assert np.asarray(load("drawn.npz").train.labels).shape == (240,)
