"""Reports of what is not one network's training: the reader's, and a reproduction."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from _run_folders import start, write_scores
from tenfold.errors import RunError
from tenfold.metrics import Evaluation
from tenfold.recipes import load_any_recipe
from tenfold.records import EpochRow, Run
from tenfold.reports import write_report

SCORES = {
    "lines": {"whole": {"48": 0.9225, "64": 0.918}, "nothing": {"48": 0.9556}, "count": 100},
    "digits": {"accuracy": 0.8757, "digits_called_none": 0.0864, "plain": 0.995, "count": 50},
    "test": Evaluation(0.02, np.diag(np.full(10, 100)) + np.eye(10, k=1, dtype=int)).to_dict(),
    "ink": {"digits": 0.8125, "others": 0.6125},
    "signs": {
        "accuracy": 0.8251,
        "right": {".": 0.7775, "?": 0.8975},
        "counts": {".": 40, "?": 1260},
        "count": 1300,
    },
    "seconds": 3400.0,
}


def row(epoch: int, step: int, accuracy: float) -> EpochRow:
    return EpochRow(epoch=epoch, step=step, loss=1 / epoch, accuracy=accuracy)


@pytest.fixture
def reader(tmp_path: Path) -> Run:
    """A finished training: 2 epochs of the ink, of the digits, 3 of the lines, 1 of the signs."""
    epochs = {"ink.epochs": 2, "digits.epochs": 2, "lines.epochs": 3, "signs.epochs": 1}
    recipe = load_any_recipe("reader").changed(epochs)
    run = start(Run(tmp_path / "reader"), recipe, seed=4, data="mnist", precision="bf16")
    run.write_history(
        [
            row(1, 90, 0.91),
            row(2, 180, 0.93),
            row(3, 70, 0.71),
            row(4, 140, 0.72),
            row(5, 50, 0.53),
            row(6, 100, 0.54),
            row(7, 150, 0.55),
            row(8, 30, 0.76),
        ]
    )
    write_scores(run, SCORES)
    return run


def test_the_reader_has_curves_and_scores_of_all_networks(reader: Run, tmp_path: Path) -> None:
    text = write_report([reader.folder], tmp_path / "page.md").read_text(encoding="utf-8")
    for network in ("ink", "digits", "lines", "signs"):
        assert f"Learning curves of reader, the network {network}." in text
    # Each has its own epochs, counted from 1.
    assert "over 2 epochs; training accuracy at the end, in percent: 93.00" in text
    assert "over 2 epochs; training accuracy at the end, in percent: 72.00" in text
    assert "over 3 epochs; training accuracy at the end, in percent: 55.00" in text
    for expected in (
        "81.25%",
        "61.25%",
        "92.25%",
        "95.56%",
        "87.57%",
        "8.64%",
        "99.50%",
        "82.51%",
        "77.75%",
        "89.75%",
        "1,260",
        "330,088",
        "988,607",
        "56 min 40 s",
    ):
        assert expected in text
    assert "tenfold train reader --set" in text
    assert "--set digits.epochs=2" in text
    assert "--precision bf16" in text, "elsewhere the recipe's would be taken for fp32"


def test_runs_that_trained_the_lines_first_are_told_by_their_epochs(
    tmp_path: Path,
) -> None:
    epochs = {"ink": None, "signs": None, "digits.epochs": 2, "lines.epochs": 3}
    reader = start(Run(tmp_path / "reader"), load_any_recipe("reader").changed(epochs))
    steps = [50, 100, 150, 70, 140]
    reader.write_history([row(at, step, at / 10) for at, step in enumerate(steps, start=1)])
    text = write_report([reader.folder], tmp_path / "page.md").read_text(encoding="utf-8")
    assert text.index("the network lines.") < text.index("the network digits.")


def test_an_unfinished_training_of_the_reader_is_reported_on(reader: Run, tmp_path: Path) -> None:
    (reader.folder / "scores.json").unlink()
    reader.write_history([])
    text = write_report([reader.folder], tmp_path / "page.md").read_text(encoding="utf-8")
    assert "0 of 8 epochs" in text
    assert "Learning curves" not in text


@pytest.mark.slow
def test_readers_stand_beside_other_runs(
    reader: Run, make_run: Callable[..., Run], tmp_path: Path
) -> None:
    other = make_run(tmp_path / "other")
    page = write_report([reader.folder, other.folder], tmp_path / "page.html")
    text = page.read_text(encoding="utf-8")
    assert "Training of the reader" in text
    assert "mlp-128" in text


@pytest.mark.parametrize("change", [{"lines": {"whole": {"48": 2}}}, {"digits": []}])
def test_damaged_scores_of_the_reader_are_an_error(
    reader: Run, tmp_path: Path, change: dict[str, Any]
) -> None:
    write_scores(reader, {**SCORES, **change})
    with pytest.raises(RunError, match="damaged"):
        write_report([reader.folder], tmp_path / "page.html")


@pytest.fixture
def reproduction(crossval: Path, make_run: Callable[..., Run]) -> Path:
    """The folder of a reproduction: results, a cross-validation, and a run."""
    folder = crossval.parent / "reproduction"
    folder.mkdir()
    (folder / "results.json").write_text(json.dumps({"kind": "reproduction", "findings": {}}))
    crossval.rename(folder / "crossval")
    make_run(folder / "mlp-128")
    return folder


def test_a_reproduction_is_what_it_holds(reproduction: Path, tmp_path: Path) -> None:
    text = write_report([reproduction], tmp_path / "page.md").read_text(encoding="utf-8")
    assert "Cross-validation in 2 folds." in text
    assert "Training runs: 1." in text


def test_trainings_with_several_seeds_are_grouped_by_recipe(
    make_run: Callable[..., Run], tmp_path: Path
) -> None:
    folder = tmp_path / "seeds"
    for seed in range(2):
        make_run(folder / "mlp-128" / f"seed-{seed}", seed=seed)
    (folder / "results.json").write_text(json.dumps({"kind": "seeds", "recipes": []}))
    text = write_report([folder], tmp_path / "page.md").read_text(encoding="utf-8")
    assert "Training runs: 2." in text
    assert "n = 2" in text


def test_a_reproduction_of_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"kind": "reproduction"}')
    with pytest.raises(RunError, match="holds no runs any more"):
        write_report([tmp_path], tmp_path / "page.html")


def test_a_report_fetches_nothing(
    make_run: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetched(*_given: Any) -> None:
        raise AssertionError("fetched")

    monkeypatch.setattr("tenfold.reports._evidence.load_dataset", fetched)
    run = make_run(tmp_path / "run", data="mnist")
    text = write_report([run.folder], tmp_path / "page.md").read_text(encoding="utf-8")
    assert "tenfold data fetch mnist" in text
