"""Models by name: the bundled ones, and those that appear in the folder of runs."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from typer.main import get_command

from _run_folders import start, write_scores
from tenfold.cli import build_app
from tenfold.errors import ModelError, UnknownNameError
from tenfold.models import load_bundled
from tenfold.recipes import load_recipe
from tenfold.records import Run
from tenfold.web import catalog as catalog_module
from tenfold.web.catalog import Catalog

AddRun = Callable[..., Path]


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "runs")


def test_the_bundled_models_are_there_the_default_one_first(catalog: Catalog) -> None:
    assert catalog.names() == ["digits", "champion", "cnn-deep"]
    digits, _champion, deep = catalog.describe()
    assert (digits["name"], digits["default"], digits["refuses"]) == ("digits", True, True)
    assert (deep["default"], deep["refuses"], deep["bundled"]) == (False, False, True)
    # As the card says, and as the recipe's layers add up to.
    assert deep["accuracy"] == 0.9925
    assert deep["parameters"] == 159_254
    assert deep["recipe"] == "cnn-deep"


def test_run_folders_appear_by_their_path(catalog: Catalog, add_run: AddRun) -> None:
    add_run("first")
    add_run("crossval-1/fold-0")
    add_run("digits")
    add_run(".hidden")
    add_run("a/b/c/d")
    add_run("a/b/c/d/e")
    (add_run("empty") / "model.onnx").unlink()
    catalog.refresh()
    names = ["a~b~c~d", "crossval-1~fold-0", "first", "~digits"]
    assert catalog.names() == ["digits", "champion", "cnn-deep", *names]
    assert catalog.get("crossval-1~fold-0").card.name == "cnn-deep"
    assert catalog.get("digits").knows_none
    assert not catalog.get("~digits").knows_none


def test_a_run_tells_what_it_was(catalog: Catalog, add_run: AddRun) -> None:
    folder = add_run("first")
    write_scores(start(Run(folder)), {"test": {"accuracy": 0.97, "loss": 0.1}})
    os.utime(folder / "model.onnx", (1_700_000_000, 1_700_000_000))
    (add_run("odd") / "run.json").write_text("{")
    catalog.refresh()
    told = {one["name"]: one for one in catalog.describe()}
    assert told["first"]["recipe"] == "mlp-128"
    # 784 * 128 + 128 + 128 * 10 + 10
    assert told["first"]["parameters"] == 101_770
    assert told["first"]["accuracy"] == 0.97
    assert told["first"]["trained_at"] == "2023-11-14T22:13:20+00:00"
    assert (told["odd"]["title"], told["odd"]["recipe"]) == ("odd", None)


def test_a_model_is_loaded_once_and_anew_when_it_changed(catalog: Catalog, add_run: AddRun) -> None:
    folder = add_run("first")
    catalog.refresh()
    with ThreadPoolExecutor(4) as threads:
        models = set(threads.map(lambda _n: id(catalog.get("first")), range(8)))
    assert len(models) == 1
    (folder / "model.onnx").write_bytes(load_bundled("digits").content)
    assert not catalog.get("first").knows_none
    catalog.refresh()
    assert catalog.get("first").knows_none
    (folder / "model.onnx").unlink()
    catalog.refresh()
    with pytest.raises(UnknownNameError):
        catalog.get("first")


def test_a_new_run_is_found_by_its_name_but_the_folder_is_not_walked_for_each(
    catalog: Catalog, add_run: AddRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_run("first")
    assert catalog.get("first").card.name == "cnn-deep"
    looked: list[Path] = []
    monkeypatch.setattr(catalog_module, "_look_through", lambda root: looked.append(root) or {})
    for name in ("one", "two", "three"):
        with pytest.raises(UnknownNameError):
            catalog.get(name)
    assert looked == []
    monkeypatch.setattr(catalog_module, "REFRESH_SECONDS", 0.0)
    with pytest.raises(UnknownNameError):
        catalog.get("one")
    assert len(looked) == 1


def test_no_name_is_a_path(catalog: Catalog, add_run: AddRun, tmp_path: Path) -> None:
    outside = add_run("../outside")
    add_run("inside")
    (tmp_path / "runs" / "link").symlink_to(outside, target_is_directory=True)
    catalog.refresh()
    assert catalog.names()[3:] == ["inside"]
    for name in ("../outside", "link", "..~outside", str(outside), "", "inside/", "\0"):
        with pytest.raises(UnknownNameError):
            catalog.get(name)


def test_few_models_are_kept(
    catalog: Catalog, add_run: AddRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog_module, "MOST_LOADED", 1)
    add_run("first")
    add_run("second")
    catalog.refresh()
    before = catalog.get("first")
    assert catalog.get("first") is before
    catalog.get("second")
    assert catalog.get("first") is not before


def test_a_damaged_model_is_a_stated_error(make_client: Any, add_run: AddRun) -> None:
    add_run("bad", b"no model")
    client = make_client()
    assert "bad" in [one["name"] for one in client.get("/api/models").json()["models"]]
    with pytest.raises(ModelError):
        client.app.state.service.catalog.get("bad")
    answer = client.post("/api/read", params={"model": "bad"}, content=b"x")
    assert answer.status_code == 422
    assert "not an ONNX model" in answer.json()["detail"]


def test_a_model_trained_meanwhile_is_listed(make_client: Any, add_run: AddRun) -> None:
    client = make_client()
    assert len(client.get("/api/models").json()["models"]) == 3
    add_run("new")
    models = client.get("/api/models").json()["models"]
    assert models[-1]["name"] == "new"
    assert client.get("/v2/models/new/ready").json() == {"name": "new", "ready": True}


def test_the_commands_to_learn_are_those_that_work(
    catalog: Catalog, add_run: AddRun, tmp_path: Path
) -> None:
    wide = load_recipe("mlp-128").changed({"layers.1.units": 64, "epochs": 3})
    for name, recipe in (("wide", wide), ("own", replace(wide, name="of-my-own"))):
        start(Run(add_run(name)), recipe)
    catalog.refresh()
    told = {one["name"]: one["learn"] for one in catalog.describe()}
    # No training starts from a network of the reader, nor without a recipe to be named.
    assert told["digits"] is None
    assert told["own"] is None
    assert told["cnn-deep"] == (
        "tenfold train cnn-deep --start-from cnn-deep --add corrections --seed 0"
    )
    assert told["wide"] == (
        "tenfold train mlp-128 --set layers.1.units=64 --start-from runs/wide --add corrections "
        "--seed 0"
    )
    train = get_command(build_app()).commands["train"]
    for command in filter(None, told.values()):
        train.make_context("train", shlex.split(command)[2:])
    # Where models lie elsewhere, the run gets a name there that is free.
    elsewhere = Catalog(tmp_path / "models")
    assert elsewhere.describe()[2]["learn"].endswith(" --run models/my-hand-1")
    (tmp_path / "models" / "my-hand-1").mkdir(parents=True)
    assert elsewhere.describe()[2]["learn"].endswith(" --run models/my-hand-2")
