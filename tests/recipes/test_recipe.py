"""A recipe's own rules: what may be changed, and files of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tenfold.errors import InputError, UnknownNameError
from tenfold.recipes import (
    SGD,
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    MaxPool,
    Recipe,
    load_recipe,
    summarize,
)

END = Dense(10, activation="linear")


def test_settings_reach_fields_the_optimizer_and_layers() -> None:
    changed = load_recipe("cnn-deep").changed(
        {"epochs": "3", "learning_rate": "0.001", "layers.0.filters": 16, "validation": "test"}
    )
    assert changed.epochs == 3
    assert changed.optimizer == SGD(0.001, 0.9)
    assert changed.layers[0] == Conv(16, 3, weights="he_uniform")
    assert changed.validation == "test"


@pytest.mark.parametrize("key", ["learning_rat", "layers.99.filters", "layers.0.kind", "layers.x"])
def test_an_unknown_setting_is_named_with_the_known_ones(key: str) -> None:
    with pytest.raises(UnknownNameError, match=r"no setting named .*Known: .*learning_rate"):
        load_recipe("cnn-deep").changed({key: 1})


@pytest.mark.parametrize(
    ("key", "value"),
    [("epochs", "0"), ("epochs", "many"), ("learning_rate", "-1"), ("scaling", "none")],
)
def test_a_value_out_of_range_is_named(key: str, value: str) -> None:
    with pytest.raises(InputError, match=f"Received {key}={value}, which cnn-deep does not admit"):
        load_recipe("cnn-deep").changed({key: value})


@pytest.mark.parametrize(
    "layers",
    [
        (),
        (Flatten(),),
        (END,),
        (Flatten(), Dense(9, activation="linear")),
        (Flatten(), Dense(10)),
        (Flatten(), Conv(8, 3), Flatten(), END),
        (Conv(8, 29), Flatten(), END),
        (MaxPool(29), Flatten(), END),
    ],
)
def test_layers_that_do_not_fit_are_refused(layers: tuple[object, ...]) -> None:
    with pytest.raises(InputError, match=r"does not fit|ends with"):
        summarize(layers)  # type: ignore[arg-type]


def test_shapes_and_parameters_by_hand() -> None:
    rows = summarize((Conv(4, 5), MaxPool(3), BatchNorm(), Flatten(), END))
    assert [row.shape for row in rows] == [
        (1, 28, 28),
        (4, 24, 24),
        (4, 8, 8),
        (4, 8, 8),
        (256,),
        (10,),
    ]
    assert [row.parameters for row in rows] == [0, 104, 0, 16, 0, 2570]
    assert [row.operations for row in rows] == [0, 2 * 100 * 24 * 24, 0, 0, 0, 5120]


def test_sampling_and_steps_go_together() -> None:
    with pytest.raises(InputError, match="steps_per_epoch goes with"):
        load_recipe("cnn-deep").changed({"steps_per_epoch": 5})


def test_a_recipe_of_ones_own_works_by_path(tmp_path: Path) -> None:
    source = """
from tenfold.recipes import Dense, Flatten, Recipe, SGD
RECIPE = Recipe(name="mine", title="one layer", layers=(Flatten(), Dense(10, activation="linear")),
                optimizer=SGD(learning_rate=0.1))
"""
    (tmp_path / "mine.py").write_text(source)
    mine = load_recipe(tmp_path / "mine.py")
    assert mine.name == "mine"
    (tmp_path / "mine.json").write_text(json.dumps(mine.to_dict()))
    assert load_recipe(str(tmp_path / "mine.json")) == mine


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.py", "1/0", "could not be run: ZeroDivisionError"),
        ("a.py", "x = 1", "sets RECIPE to NoneType"),
        ("a.py", "def broken(", "could not be run: SyntaxError"),
        ("a.json", "{", "could not be read as JSON"),
        ("a.json", "{}", "not a complete recipe"),
        ("a.json", "[]", "could not be read as JSON"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        load_recipe(tmp_path / name)


def test_an_unknown_recipe_lists_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'cnn-deep'.*mlp-512"):
        load_recipe("cnn-depe")
    with pytest.raises(InputError, match="no recipe file"):
        load_recipe("nowhere.json")


def test_a_constructor_call_of_wrong_types_is_noticed_when_loaded(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import msgspec\nfrom tenfold.recipes import load_recipe\n"
        "RECIPE = msgspec.structs.replace(load_recipe('cnn-deep'), epochs='ten')"
    )
    with pytest.raises(InputError, match="not a complete recipe"):
        load_recipe(tmp_path / "mine.py")


def test_recipes_compare_by_value() -> None:
    recipe = load_recipe("cnn-deep")
    assert recipe == recipe.changed({})
    assert recipe != recipe.changed({"epochs": 11})
    assert isinstance(recipe, Recipe)
