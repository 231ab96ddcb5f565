"""The folder of an experiment, as reports and commands read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tenfold.cli._sources.choices import Choices
from tenfold.cli._sources.experiment import ExperimentSource
from tenfold.errors import RunError
from tenfold.records import experiment
from tenfold.records.experiment import ExperimentFolder


@pytest.mark.parametrize("name", ["experiment.json", "results.json"])
def test_a_file_far_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).write_text(json.dumps({"kind": "sweep", "plan": {}}))
    folder = ExperimentFolder(tmp_path)
    assert (folder.plan if name == "experiment.json" else folder.results) is not None
    monkeypatch.setattr(experiment, "LARGEST_FILE", 5)
    with pytest.raises(RunError, match=rf"{name} is larger than 5 bytes"):
        _ = folder.plan if name == "experiment.json" else folder.results


def test_a_sweep_without_trials_is_none(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(json.dumps({"kind": "sweep"}))
    with pytest.raises(RunError, match="holds no sweep"):
        _ = ExperimentSource(tmp_path, Choices()).parameter
