"""The recipe of the reader: data like the others, but of two networks."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import msgspec
import pytest

from tenfold.errors import InputError, UnknownNameError
from tenfold.recipes import (
    ReaderRecipe,
    Recipe,
    Scenes,
    load_any_recipe,
    load_recipe,
    network_names,
    recipe_from_dict,
    recipe_names,
)


@pytest.fixture
def recipe() -> ReaderRecipe:
    found = load_any_recipe("reader")
    assert isinstance(found, ReaderRecipe)
    return found


def test_it_is_listed_but_not_among_those_of_one_network() -> None:
    assert "reader" in recipe_names()
    assert set(recipe_names()) - set(network_names()) == {"adaptation", "reader"}
    for name in network_names():
        assert isinstance(load_any_recipe(name), Recipe)


def test_it_is_frozen_and_complete(recipe: ReaderRecipe) -> None:
    with pytest.raises(AttributeError):
        recipe.held_out = 1  # type: ignore[misc]
    assert hash(recipe) == hash(load_any_recipe("reader"))
    assert all([recipe.title, recipe.source, recipe.claim])
    words = importlib.import_module("tenfold.recipes.reader").__doc__ or ""
    assert all(f"{network.parameters:,}" in words for network in recipe.networks)


def test_it_survives_json_and_files(recipe: ReaderRecipe, tmp_path: Path) -> None:
    content = json.dumps(recipe.to_dict())
    assert recipe_from_dict(json.loads(content)) == recipe
    (tmp_path / "mine.json").write_text(content)
    assert load_any_recipe(tmp_path / "mine.json") == recipe
    (tmp_path / "mine.py").write_text("from tenfold.recipes.reader import RECIPE")
    assert load_any_recipe(tmp_path / "mine.py") == recipe
    with pytest.raises(InputError, match="expected one of a single network: champion"):
        load_recipe(tmp_path / "mine.json")


def test_settings_reach_its_parts(recipe: ReaderRecipe) -> None:
    changed = recipe.changed({"lines.epochs": "3", "scenes.0.count": 5, "precision": "fp32"})
    assert changed.lines.epochs == 3
    assert changed.scenes[0] == Scenes(48, 5)
    assert changed.precision == "fp32"
    assert changed.digits == recipe.digits


@pytest.mark.parametrize("key", ["epochs", "lines.epoch", "scenes.9.count", "kind", "lines.x.y"])
def test_an_unknown_setting_is_named_with_the_known_ones(recipe: ReaderRecipe, key: str) -> None:
    with pytest.raises(UnknownNameError, match=r"no setting named .*Known: .*held_out"):
        recipe.changed({key: 1})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("lines.epochs", "0"),
        ("digits.warm_up", "1"),
        ("scenes.0.width", "50"),
        ("scenes", "[]"),
        ("precision", "fp8"),
        ("plain_copies", "-1"),
    ],
)
def test_a_value_out_of_range_is_named(recipe: ReaderRecipe, key: str, value: str) -> None:
    with pytest.raises(InputError, match="which reader does not admit"):
        recipe.changed({key: value})


def test_a_width_is_there_once(recipe: ReaderRecipe) -> None:
    with pytest.raises(InputError, match="expected each width once"):
        msgspec.structs.replace(recipe, scenes=(Scenes(48, 5), Scenes(48, 6)))


def test_what_takes_one_network_says_so() -> None:
    with pytest.raises(InputError, match=r"reader's networks.*tenfold train reader"):
        load_recipe("reader")
