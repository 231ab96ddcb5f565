from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D

from tenfold.errors import InputError
from tenfold.figures._style import BLUE, GREEN, ORANGE
from tenfold.figures.learning_curves import learning_curves


def history(count: int, seed: int = 0, along: str = "epoch") -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    return [
        {
            along: at,
            "loss": rng.random(),
            "accuracy": rng.random(),
            "validation_loss": rng.random(),
            "validation_accuracy": rng.random(),
        }
        for at in range(1, count + 1)
    ]


def lines(axes: Any, color: str) -> list[Line2D]:
    return [line for line in axes.lines if to_hex(line.get_color()) == color.lower()]


def column(rows: list[dict[str, Any]], key: str) -> list[float]:
    return [row[key] for row in rows]


def test_loss_above_accuracy_below_training_blue_validation_orange() -> None:
    rows = history(10)
    above, below = learning_curves([rows]).axes
    assert (above.get_title(loc="left"), below.get_title(loc="left")) == ("Loss", "Accuracy")
    assert above.get_position().y0 > below.get_position().y0
    for axes, key, scale in ((above, "loss", 1), (below, "accuracy", 100)):
        (train,), (validation,) = lines(axes, BLUE), lines(axes, ORANGE)
        np.testing.assert_allclose(train.get_ydata(), np.multiply(column(rows, key), scale))
        expected = np.multiply(column(rows, f"validation_{key}"), scale)
        np.testing.assert_allclose(validation.get_ydata(), expected)
        names = [text.get_text() for text in axes.get_legend().get_texts()]
        assert names == ["train", "validation"]
    assert below.get_xlabel() == "Epoch"


def test_of_several_runs_each_is_thin_and_the_mean_thick() -> None:
    runs = [history(4, seed) for seed in range(3)]
    above, _below = learning_curves(runs).axes
    *thin, mean = lines(above, BLUE)
    assert len(thin) == 3
    assert all(line.get_linewidth() < mean.get_linewidth() for line in thin)
    expected = np.mean([column(rows, "loss") for rows in runs], axis=0)
    np.testing.assert_allclose(mean.get_ydata(), expected)
    assert mean.get_label() == "train, mean of 3"


def test_the_mean_covers_the_epochs_that_all_runs_have() -> None:
    above, _below = learning_curves([history(5), history(3, 1)]).axes
    assert lines(above, BLUE)[-1].get_xdata().tolist() == [1, 2, 3]


def test_without_validation_there_is_no_orange() -> None:
    rows = [{"epoch": 1, "loss": 1.0, "accuracy": 0.5, "validation_loss": None}]
    for axes in learning_curves([rows]).axes:
        assert not lines(axes, ORANGE)


def test_one_epoch_is_a_point_with_a_whole_tick() -> None:
    figure = learning_curves([history(1)])
    figure.draw_without_rendering()
    below = figure.axes[1]
    assert lines(below, BLUE)[0].get_marker() == "o"
    low, high = below.get_xlim()
    assert [tick for tick in below.get_xticks() if low <= tick <= high] == [1]


def test_two_hundred_rows_over_steps() -> None:
    _above, below = learning_curves([history(200, along="step")]).axes
    assert below.get_xlabel() == "Step"
    assert lines(below, BLUE)[0].get_marker() == ""
    assert len(lines(below, BLUE)[0].get_xdata()) == 200


def test_the_axis_can_be_chosen() -> None:
    rows = [row | {"step": 50 * row["epoch"]} for row in history(3)]
    assert learning_curves([rows]).axes[1].get_xlabel() == "Epoch"
    below = learning_curves([rows], over="step").axes[1]
    assert below.get_xlabel() == "Step"
    assert lines(below, BLUE)[0].get_xdata().tolist() == [50, 100, 150]
    with pytest.raises(InputError, match="Known: epoch, step"):
        learning_curves([rows], over="epochs")


def test_rows_may_be_objects() -> None:
    class Row:
        epoch, loss, accuracy = 1, 0.25, 0.5

    assert lines(learning_curves([[Row()]]).axes[0], BLUE)[0].get_ydata() == [0.25]


def test_the_test_score_is_a_labeled_point_at_the_end() -> None:
    above, below = learning_curves([history(10)], test=(0.0312, 0.99062)).axes
    for axes, value, label in ((above, 0.0312, "test 0.0312"), (below, 99.062, "test 99.06%")):
        (point,) = lines(axes, GREEN)
        assert point.get_xydata().tolist() == [[10, pytest.approx(value)]]
        assert axes.get_legend().get_texts()[-1].get_text() == label


def test_what_is_not_finite_leaves_a_gap() -> None:
    rows = history(4)
    rows[1]["loss"], rows[2]["loss"] = float("inf"), None
    values = lines(learning_curves([rows]).axes[0], BLUE)[0].get_ydata()
    assert np.isnan(values).tolist() == [False, True, True, False]


def test_a_title_is_text_never_a_formula() -> None:
    figure = learning_curves([history(2)], title="$\\frac{1$ " + 100 * "x")
    figure.draw_without_rendering()
    assert figure.get_suptitle().startswith("$\\frac{1$ xx")
    assert len(figure.get_suptitle()) == 80


@pytest.mark.parametrize(
    "histories",
    [
        [],
        [[]],
        None,
        7,
        "history",
        history(3),
        {"loss": [1]},
        [7],
        [["row"]],
        [[{}]],
        [[{"epoch": 1, "accuracy": 0.5}]],
        [[{"epoch": 1, "loss": 1.0}]],
        [[{"loss": 1.0, "accuracy": 0.5}]],
        [[{"epoch": 1, "loss": "low", "accuracy": 0.5}]],
        [[{"epoch": 1, "loss": True, "accuracy": 0.5}]],
        [[{"epoch": 1, "loss": 1 + 2j, "accuracy": 0.5}]],
        [[{"epoch": 1, "loss": float("nan"), "accuracy": 0.5}]],
        [[{"epoch": 1, "loss": 10**400, "accuracy": 0.5}]],
        [[{"epoch": 1, "loss": 1.0, "accuracy": 98.5}]],
        [history(3)[::-1]],
        [history(2) + history(2)],
    ],
)
def test_wrong_histories_are_refused(histories: Any) -> None:
    with pytest.raises(InputError):
        learning_curves(histories)


@pytest.mark.parametrize(
    "test", [0.99, (0.1,), (0.1, 0.5, 1), ("a", "b"), (float("nan"), 0.5), (0.1, 99.0), (1, None)]
)
def test_a_wrong_test_score_is_refused(test: Any) -> None:
    with pytest.raises(InputError):
        learning_curves([history(2)], test=test)
