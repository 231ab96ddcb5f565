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


def test_what_a_recipe_says_of_itself_may_be_reworded_meanwhile(tmp_path: Path) -> None:
    recipe = {"name": "own", "cost": "75 s", "epochs": 2}
    with ExperimentFolder(tmp_path).opened({"recipes": [recipe]}, "command"):
        pass
    (tmp_path / "kept").touch()
    with ExperimentFolder(tmp_path).opened({"recipes": [recipe | {"cost": ""}]}, "command"):
        pass
    other = ExperimentFolder(tmp_path).opened({"recipes": [recipe | {"epochs": 3}]}, "command")
    with pytest.raises(RunError, match="recipes not the same"), other:
        pass
