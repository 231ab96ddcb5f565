"""A plan, its command, and the plan that the real command line reads from it are one."""

from __future__ import annotations

import importlib
import shlex
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.main import get_command

from tenfold.cli import build_app
from tenfold.records.command import (
    CrossvalPlan,
    EvaluatePlan,
    Plan,
    ReproducePlan,
    SweepPlan,
    TrainPlan,
    changes_as_text,
    command_line,
)

# Whatever a file or a person may be called; no command line holds half a character or a NUL.
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1)
names = st.one_of(texts, st.sampled_from(["mlp-128", "a b.json", "-x", "--data", "Å'\"$`\n"]))
counts = st.integers(1, 10**6)
maybe = st.none() | counts
keys = texts.filter(lambda key: "=" not in key)
values = st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.text("0aé =,'\n"))
changes = st.dictionaries(keys, values, max_size=3).map(changes_as_text)
computed = {
    "data": names,
    "subset": maybe,
    "device": st.sampled_from(["auto", "cpu", "cuda"]),
    "precision": st.sampled_from([None, "fp32", "bf16"]),
}
plans: st.SearchStrategy[Plan] = st.one_of(
    st.builds(
        TrainPlan,
        recipe=names,
        changes=changes,
        start_from=st.none() | names,
        add=st.lists(names, max_size=2).map(tuple),
        add_copies=maybe,
        seed=st.integers(0, 2**63),
        threads=maybe,
        **computed,
    ),
    st.builds(
        CrossvalPlan,
        recipes=st.lists(names, min_size=1, max_size=3).map(tuple),
        folds=st.integers(2, 20),
        repeats=counts,
        stratified=st.booleans(),
        seed=st.integers(0, 2**32),
        changes=changes,
        threads=counts,
        **computed,
    ),
    st.builds(
        SweepPlan,
        recipe=names,
        settings=st.dictionaries(keys, texts, min_size=1, max_size=3),
        search=maybe,
        folds=st.none() | st.integers(2, 20),
        validation=st.none() | st.sampled_from(["10%", "0.1", "5000"]),
        seed=st.integers(0, 2**32),
        epochs=maybe,
        threads=counts,
        **computed,
    ),
    st.builds(
        ReproducePlan,
        recipes=st.lists(names, min_size=1, max_size=3).map(tuple),
        seeds=counts,
        data=names,
        epochs=maybe,
        subset=st.none() | st.integers(100, 60_000),
    ),
    st.builds(ReproducePlan, data=names, epochs=maybe),
)


class HeardError(Exception):
    """Ends a command where it would begin to work."""


@pytest.fixture(scope="module")
def asked() -> Any:
    """What the command line makes of a line of words: its plan, in place of doing it."""
    command = get_command(build_app())
    heard: list[Plan] = []

    def hear(plan: Plan, *_rest: Any, **_others: Any) -> None:
        heard.append(plan)
        raise HeardError

    def ask(line: str) -> Plan:
        with pytest.raises(HeardError):
            command.main(shlex.split(line)[1:], "tenfold", standalone_mode=False)
        return heard.pop()

    with pytest.MonkeyPatch.context() as patch:
        for verb in ("train", "crossval", "sweep", "reproduce"):
            patch.setattr(importlib.import_module(f"tenfold.cli.{verb}"), "carry_out", hear)
        yield ask


@settings(deadline=None, derandomize=True)
@given(plan=plans)
def test_a_plan_survives_its_command(asked: Any, plan: Plan) -> None:
    assert asked(command_line(plan)) == plan


def test_an_evaluation_survives_its_command() -> None:
    plan = EvaluatePlan(model="my model.onnx", data="-d", split="valid", report="r.html")
    words = shlex.split(command_line(plan))[2:]
    command = get_command(build_app()).commands["evaluate"]
    read = command.make_context("evaluate", words).params
    read = {key: value for key, value in read.items() if key != "as_json"}
    assert EvaluatePlan(**{**read, "model": str(read["model"]), "report": str(read["report"])}) == (
        plan
    )


def test_what_has_its_default_is_left_out_but_seed_and_folds() -> None:
    assert command_line(TrainPlan(recipe="tiny")) == "tenfold train tiny --seed 0"
    assert command_line(CrossvalPlan(recipes=("a", "b"))) == "tenfold crossval a b --folds 5"
    assert command_line(ReproducePlan()) == "tenfold reproduce"


def test_processes_that_trained_together_are_started_together() -> None:
    line = command_line(TrainPlan(recipe="tiny"), processes=2)
    assert line == "torchrun --nproc-per-node 2 -m -- tenfold train tiny --seed 0"


def test_changes_of_a_kind_that_no_option_takes_have_no_text() -> None:
    told = changes_as_text({"a": 0.5, "b": None, "c": False, "d": "x"})
    assert told == {"a": "0.5", "b": "null", "c": "false", "d": "x"}
    assert changes_as_text({"layers": []}) is None
