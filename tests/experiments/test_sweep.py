"""Sweeps: what they vary, the grid, the search, the winner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.errors import InputError, RunError, UnknownNameError
from tenfold.experiments import sweep
from tenfold.experiments._search import distributions
from tenfold.experiments._space import Range, apply, grid, parse_space
from tenfold.recipes import BatchNorm, Conv, load_recipe, network_names, summarize
from tenfold.recipes._depth import with_conv_blocks, with_dense_layers
from tenfold.records import Run

QUICK = {"epochs": 1}


def test_space_is_read_from_text() -> None:
    space = parse_space({"learning_rate": "0.1,1e-3", "batch_size": "16..64", "scaling": "raw"})
    assert space["learning_rate"] == (0.1, 0.001)
    assert space["batch_size"] == Range(16, 64)
    assert space["scaling"] == ("raw",)
    found = distributions(parse_space({"a": "1e-5..1e-1", "b": "1..99", "c": "x,y", "d": "1..100"}))
    assert [type(d).__name__ for d in found.values()] == [
        "FloatDistribution",
        "IntDistribution",
        "CategoricalDistribution",
        "IntDistribution",
    ]
    assert [getattr(d, "log", None) for d in found.values()] == [True, False, None, True]


@given(st.dictionaries(st.sampled_from("abcd"), st.lists(st.integers(), min_size=1, unique=True)))
def test_a_grid_has_each_combination_once(lists: dict[str, list[int]]) -> None:
    lists = {name: values[:4] for name, values in lists.items()}
    if not lists:
        return
    found = grid(parse_space(lists))
    assert len({tuple(one.values()) for one in found}) == len(found)
    for name, values in lists.items():
        assert {one[name] for one in found} == set(values)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "nothing to vary"),
        ({"name": "a,b"}, "not for a sweep"),
        ({"validation": "1,2"}, "not for a sweep"),
        ({"epochs": "1,,2"}, "at least one value"),
        ({"epochs": "1,1"}, "none twice"),
        ({"epochs": "3..1"}, "smaller first"),
        ({"epochs": "1..inf"}, "finite"),
        ({"scaling": "raw..center"}, "a range of numbers"),
        ({"epochs": "1..3"}, "--search"),
        ({"epochs": range(1, 20_000)}, "at most 10000"),
        ({"conv_blocks": "1.5"}, "a whole number"),
        ({"conv_blocks": "-1"}, "0 to 20"),
        ({"conv_blocks": "0,3"}, "does not fit into cnn-baseline"),
        ({"dense_layers": "1000000000"}, "0 to 20"),
        ({"learning_rate": "0"}, "learning_rate=0"),
        ({"learnin_rate": "1"}, "Did you mean 'learning_rate'"),
    ],
)
def test_mistakes_are_told_before_anything_begins(
    drawn_file: Path, settings: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        sweep("cnn-baseline", settings, drawn_file, folder="sw")
    assert not Path("sw").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"search": 0}, "search of 0"),
        ({"folds": 3, "validation": 10}, "one of them"),
        ({"validation": 1200}, "less than all"),
        ({"validation": 0}, "at least 1"),
        ({"folds": 1}, "at least 2 folds"),
    ],
)
def test_impossible_options_are_told(
    drawn_file: Path, options: dict[str, int], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        sweep("mlp-128", {"learning_rate": [0.1]}, drawn_file, folder="sw", **options)


def test_depth_is_put_in_where_it_belongs() -> None:
    baseline = load_recipe("cnn-baseline")
    deeper = with_conv_blocks(baseline, 2)
    convolutions = [layer for layer in deeper.layers if isinstance(layer, Conv)]
    assert [conv.filters for conv in convolutions] == [32, 64, 64]
    assert {conv.weights for conv in convolutions} == {"he_uniform"}
    assert (64, 1, 1) in [row.shape for row in summarize(deeper.layers)]
    normalized = with_conv_blocks(load_recipe("cnn-batchnorm"), 1)
    assert sum(isinstance(layer, BatchNorm) for layer in normalized.layers) == 3
    with pytest.raises(InputError, match="no hidden Conv layer"):
        with_conv_blocks(load_recipe("mlp-128"), 1)


def test_dense_layers_need_one_to_repeat() -> None:
    with pytest.raises(InputError, match="tiny has no hidden Dense layer"):
        with_dense_layers(load_recipe("tiny"), 1)


@pytest.mark.parametrize("name", [name for name in network_names() if name != "tiny"])
def test_dense_layers_fit_every_recipe(name: str) -> None:
    recipe = load_recipe(name)
    assert with_dense_layers(recipe, 0) == recipe
    rows = len(summarize(recipe.layers))
    assert len(summarize(with_dense_layers(recipe, 3).layers)) >= rows + 3
    assert apply(recipe, {"dense_layers": 2}) == with_dense_layers(recipe, 2)


@pytest.mark.usefixtures("here")
def test_a_grid_gives_a_winner_ready_to_train(drawn_file: Path) -> None:
    settings = {"learning_rate": [0.05, 1e30], "scaling": ["normalize"]}
    found = sweep("mlp-128", settings, drawn_file, folder="My Sweep", changes=QUICK)
    saved = json.loads(Path("My Sweep/results.json").read_text())
    assert saved == json.loads(json.dumps(found.to_dict()))
    assert saved["kind"] == "sweep"
    assert saved["recipe"] == "mlp-128"
    assert saved["parameters"] == ["learning_rate", "scaling"]
    assert saved["best"] == 0
    good, bad = saved["trials"]
    assert good["state"] == "finished"
    assert good["settings"] == {"learning_rate": 0.05, "scaling": "normalize"}
    run = Run(Path("My Sweep") / good["run"])
    assert run.scores.validation.accuracy == good["accuracy"]
    assert run.scores.validation.count == 200
    assert run.scores.test is None
    assert bad["state"] == "failed"
    assert bad["accuracy"] is None
    assert "The loss became" in bad["error"]
    best = load_recipe("My Sweep/best.json")
    assert best.name == "mlp-128-my-sweep"
    assert best.optimizer.learning_rate == 0.05
    assert best.validation == load_recipe("mlp-128").validation
    with pytest.raises(RunError, match="space not the same"):
        sweep("mlp-128", {"scaling": ["raw"]}, drawn_file, folder="My Sweep", changes=QUICK)


@pytest.mark.usefixtures("here")
def test_folds_give_a_mean(drawn_file: Path) -> None:
    found = sweep(
        "mlp-128", {"scaling": ["raw"]}, drawn_file, folder="sw", folds=2, changes=QUICK, subset=400
    )
    runs = [Run(f"sw/trial-0/fold-{index}") for index in range(2)]
    scores = [run.scores.validation.accuracy for run in runs]
    assert found.trials[0].accuracy == pytest.approx(sum(scores) / 2)


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_a_search_prunes_resumes_and_goes_on(
    drawn_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenfold.experiments import _search

    space = {"learning_rate": Range(1e-6, 1.0), "scaling": ["normalize", "center"]}
    options = {"folder": "sw", "search": 9, "changes": {"epochs": 2, "steps_per_epoch": 10}}
    options |= {"workers": 1, "subset": 400}
    whole = sweep("mlp-128", space, drawn_file, **(options | {"folder": "whole"}))
    assert [trial.number for trial in whole.trials] == list(range(9))
    assert {trial.state for trial in whole.trials} == {"finished", "pruned"}
    assert len({trial.settings["learning_rate"] for trial in whole.trials}) == 9

    # As a kill would leave it: the third trial has trained, but its end was not told.
    tell = _search._Search._end

    def stop(self: _search._Search, trial: object) -> None:
        if getattr(trial, "number", 0) == 3:
            raise KeyboardInterrupt
        tell(self, trial)

    with monkeypatch.context() as patch:
        patch.setattr(_search._Search, "_end", stop)
        with pytest.raises(KeyboardInterrupt):
            sweep("mlp-128", space, drawn_file, **options)
    found = sweep("mlp-128", space, drawn_file, **options)
    assert found.trials[:4] == whole.trials[:4]
    assert len({trial.settings["learning_rate"] for trial in found.trials}) == 9
    assert found.best is not None

    monkeypatch.setattr("tenfold.experiments.engines.processes.ProcessEngine", None)
    again = sweep("mlp-128", space, drawn_file, **options)
    assert again == found


@pytest.mark.usefixtures("here")
def test_settings_that_do_not_go_together_fail_as_a_trial(drawn_file: Path) -> None:
    space = {"layers.0.kernel": [3, 25], "conv_blocks": [0, 1]}
    found = sweep(
        "cnn-baseline",
        space,
        drawn_file,
        folder="sw",
        search=6,
        subset=60,
        changes=QUICK,
        workers=1,
    )
    for trial in found.trials:
        together = trial.settings == {"layers.0.kernel": 25, "conv_blocks": 1}
        assert (trial.state == "failed") == together
    assert any(trial.state == "failed" for trial in found.trials)


def test_an_unknown_recipe_is_told(drawn_file: Path) -> None:
    with pytest.raises(UnknownNameError, match="no recipe named"):
        sweep("cnn", {"epochs": [1]}, drawn_file)
