"""What is wrong with plain data, in our words, whatever msgspec says of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tenfold.complaints import complaint
from tenfold.errors import InputError
from tenfold.language import set_language
from tenfold.models import Card
from tenfold.recipes import ReaderRecipe, Recipe, load_any_recipe
from tenfold.records import EpochRow

PLAIN = load_any_recipe("mlp-128").to_dict()
LAYERS = list(PLAIN["layers"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 0}, "epochs is 0; expected a whole number of at least 1"),
        ({"epochs": "x"}, "epochs is 'x'; expected a whole number of at least 1"),
        ({"precision": "fp16"}, "precision is 'fp16'; expected one of bf16, fp32"),
        ({"validation": "10%"}, "expected a whole number of at least 0 or test"),
        ({"label_smoothing": 1}, "expected a number of at least 0, below 1"),
        ({"schedule": "x"}, "schedule is 'x'; expected fields with values or null"),
        ({"name": "A B"}, "name is 'A B'; expected words like"),
        ({"title": 5}, "title is 5; expected a text"),
        ({"layers": 5}, "layers is 5; expected a list"),
        ({"lr": 5}, "lr is not known here"),
        ({"optimizer": {"kind": "sgd"}}, "optimizer.learning_rate is missing"),
        ({"optimizer": {"kind": "x"}}, "optimizer.kind is 'x'; expected one of sgd, rmsprop"),
        ({"layers": [{"kind": "dense", "units": 0}]}, "layers.0.units is 0; expected a whole"),
        ({"layers": [*LAYERS, {"kind": "x"}]}, "layers.3.kind is 'x'; expected one of conv"),
        ({"title": {"a" * 200: 1}}, "…; expected a text"),
        ({"sampling": "shuffle"}, "Received sampling 'shuffle' with steps_per_epoch 50"),
    ],
)
def test_a_recipes_faults(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        Recipe.from_dict(PLAIN | changes)
    assert words in str(caught.value)
    assert "`" not in str(caught.value)


def test_bounds_of_the_reader() -> None:
    plain = load_any_recipe("reader").to_dict() | {"scenes": [{"width": 42, "count": 1}]}
    with pytest.raises(InputError, match=r"at least 40, at most 1024, a multiple of 4"):
        ReaderRecipe.from_dict(plain)


def test_json_that_is_none() -> None:
    for content, kind, words in (
        (b"{", Card, "no valid JSON; it ends early"),
        (b"[1,]", list, "no valid JSON (byte 3)"),
        (b"{}", Card, "name is missing"),
        (b'{"epoch": "x", "step": 1}', EpochRow, "epoch: expected a whole number"),
        (b"[]", dict, "it as a whole: expected names with values"),
    ):
        with pytest.raises(msgspec.DecodeError) as caught:
            msgspec.json.decode(content, type=kind)
        assert complaint(caught.value, kind) == words
    assert complaint(RecursionError()) == "nested too deeply"


def test_in_chinese() -> None:
    try:
        set_language("zh")
        with pytest.raises(InputError, match="epochs 为 0；应为整数，不小于 1"):
            Recipe.from_dict(PLAIN | {"epochs": 0})
    finally:
        set_language(None)
