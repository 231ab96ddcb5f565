"""An engine is chosen by its name or address; what cannot be one is refused at once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tenfold.errors import InputError, MissingExtraError, UnknownNameError
from tenfold.experiments import crossval, sweep
from tenfold.experiments.engines import (
    EngineChoice,
    choose_engine,
    engine_names,
)


def test_the_folder_is_the_registry() -> None:
    assert engine_names() == ["processes", "ray"]


@pytest.mark.parametrize(
    ("asked", "choice"),
    [
        ("processes", EngineChoice("processes")),
        ("ray", EngineChoice("ray")),
        ("ray://head:10001", EngineChoice("ray", "ray://head:10001")),
        ("ray://[::1]:10001", EngineChoice("ray", "ray://[::1]:10001")),
        ("10.0.0.1:6379", EngineChoice("ray", "10.0.0.1:6379")),
    ],
)
def test_an_engine_is_chosen_by_name_or_address(
    monkeypatch: pytest.MonkeyPatch, asked: str, choice: EngineChoice
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert choose_engine(asked) == choice


def test_ray_alone_is_the_cluster_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "head:6379")
    assert choose_engine("ray").address == "head:6379"
    assert choose_engine("other:1").address == "other:1"
    assert choose_engine("processes").address is None


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("", UnknownNameError),
        ("rays", UnknownNameError),
        ("http://head:1", UnknownNameError),
        ("ray://", InputError),
        ("ray://head", InputError),
        ("ray://head:port", InputError),
        ("ray://head:1/path", InputError),
        ("ray ", UnknownNameError),
        ("processes://head:1", InputError),
    ],
)
def test_no_engine_is_told(drawn_file: Path, asked: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        crossval(["mlp-128"], drawn_file, engine=asked, folder="cv")
    assert not Path("cv").exists()


def test_a_missing_extra_says_how_to_install_it(
    drawn_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tenfold\[ray\]'"):
        crossval(["mlp-128"], drawn_file, folds=2, engine="ray", folder="cv", changes={"epochs": 1})


def test_a_search_that_stops_trials_is_refused_on_a_cluster(drawn_file: Path) -> None:
    space = {"learning_rate": "0.01..0.1"}
    with pytest.raises(InputError, match="Add --folds"):
        sweep("mlp-256", space, drawn_file, search=2, engine="ray://head:10001", folder="sw")
    assert not Path("sw").exists()
