"""Recipes as a command names them, and what a command's words make of them."""

from __future__ import annotations

import msgspec
import pytest

from tenfold.errors import InputError, UnknownNameError
from tenfold.recipes import (
    Dense,
    Recipe,
    changes_of,
    counted,
    held_out,
    load_recipe,
    named,
    settled_recipe,
)

KNOWN = load_recipe("mlp-128")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"epochs": 3, "learning_rate": 0.07, "layers.1.units": 64, "validation": 0},
        {"scaling": "center", "precision": "bf16", "momentum": 1e-5},
        {"sampling": "shuffle", "steps_per_epoch": None},
        {"title": "decides nothing"},
    ],
)
@pytest.mark.parametrize("start", [None, "cnn-deep"])
def test_what_differs_makes_the_recipe_again(changes: dict[str, object], start: str | None) -> None:
    recipe = settled_recipe(KNOWN, changes, start)
    found = changes_of(recipe, start)
    assert found is not None
    again = settled_recipe(KNOWN, {**found, "title": recipe.title}, start)
    assert again == recipe
    assert (found == {}) == (not changes or "title" in changes)


def test_what_a_start_makes_gentler_is_said_where_it_was_not_wanted() -> None:
    whole = {"epochs": KNOWN.epochs, "learning_rate": KNOWN.optimizer.learning_rate}
    recipe = settled_recipe(KNOWN, whole, "cnn-deep")
    assert changes_of(recipe, "cnn-deep") == {"epochs": "200", "learning_rate": "0.1"}


def test_a_recipe_that_no_changes_make_is_a_file() -> None:
    layers = (*KNOWN.layers[:2], Dense(32), *KNOWN.layers[2:])
    deeper = msgspec.structs.replace(KNOWN, layers=layers)
    alone = named([deeper])
    assert (alone.words, dict(alone.changes)) == (("mlp-128.json",), {})
    text = alone.with_files("tenfold train mlp-128.json")
    head, _brace, rest = text.partition("\n")
    assert head == "# save this as mlp-128.json:"
    saved, command = rest.rsplit("\n\n", 1)
    assert Recipe.from_dict(msgspec.json.decode(saved)) == deeper
    assert command == "tenfold train mlp-128.json"
    # A start would make it gentler than it was.
    assert named([deeper], "m.onnx").changes == {"epochs": "200", "learning_rate": "0.1"}


def test_several_recipes_share_changes_or_are_files() -> None:
    other = load_recipe("mlp-256")
    same = [recipe.changed({"epochs": 2}) for recipe in (KNOWN, other)]
    assert named(same).words == ("mlp-128", "mlp-256")
    assert named(same).changes == {"epochs": "2"}
    assert named(same, settable=False).words == ("mlp-128.json", "mlp-256.json")
    assert named([KNOWN, same[1]]).words == ("mlp-128", "mlp-256.json")


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("10%", 6000),
        ("0.1", 6000),
        (0.1, 6000),
        ("12.5 %", 7500),
        ("10％", 6000),
        ("1e-9", 1),
        ("5000", 5000),
        (0, 0),
        ("1e3", 1000),
        ("test", "test"),
        ("0%", 0),
    ],
)
def test_validation_is_a_number_or_a_share(value: object, count: object) -> None:
    assert held_out(value, 60_000) == count
    assert counted({"validation": value, "epochs": 1}, 60_000)["validation"] == count


@pytest.mark.parametrize("value", ["ten", "-5", "-5%", "101%", "1.5", "", "%", "nan", "inf", None])
def test_other_validation_is_refused_with_the_forms(value: object) -> None:
    with pytest.raises(InputError, match=r"such as 5000, .* such as 10% or 0\.1, or test"):
        held_out(value, 60_000)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("lr", "learning_rate"),
        ("LR", "learning_rate"),
        ("optimizer.lr", "learning_rate"),
        ("batch", "batch_size"),
        ("Batch-Size", "batch_size"),
        ("opt", "optimizer"),
        ("momentun", "momentum"),
        ("learningRate", "learning_rate"),
        ("val", "validation"),
    ],
)
def test_what_others_call_a_setting(given: str, meant: str) -> None:
    with pytest.raises(UnknownNameError, match=f"Did you mean '{meant}'"):
        KNOWN.changed({given: 1})


def test_a_setting_that_the_recipe_has_not_is_not_suggested() -> None:
    with pytest.raises(UnknownNameError) as caught:
        KNOWN.changed({"wd": 1})
    assert "Did you mean" not in str(caught.value)
