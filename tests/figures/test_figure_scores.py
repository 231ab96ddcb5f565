"""What the figures of scores show, and what they refuse."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from tenfold.errors import InputError
from tenfold.figures.accepted_share import accepted_share
from tenfold.figures.class_scores import class_scores
from tenfold.figures.fold_scores import fold_scores
from tenfold.figures.reliability import reliability
from tenfold.figures.sweep import sweep
from tenfold.metrics import score_classes, wilson_interval


def scatters(figure: Figure) -> list[PathCollection]:
    axes = figure.axes[0]
    return [item for item in axes.collections if isinstance(item, PathCollection)]


def test_every_fold_is_a_point_and_mean_and_n_are_written() -> None:
    figure = fold_scores({"cnn-deep": [0.99, 0.98, 0.97], "mlp-128": np.array([0.9])})
    points, mean, *_other = [np.asarray(item.get_offsets()) for item in scatters(figure)]
    assert points[:, 0] == pytest.approx([99, 98, 97])
    assert mean.tolist() == [[pytest.approx(98), 0]]
    axes = figure.axes[0]
    written = [text.get_text() for text in axes.texts]
    assert written == ["98.00 ± 1.00%   n = 3", "90.00%   n = 1"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cnn-deep", "mlp-128"]
    assert axes.yaxis_inverted()


def test_the_box_spans_the_quartiles() -> None:
    figure = fold_scores({"a": [0.90, 0.91, 0.92, 0.93, 0.94]})
    (box,) = figure.axes[0].patches
    assert (box.get_x(), box.get_x() + box.get_width()) == pytest.approx((91, 93))


def test_equal_folds_do_not_hide_each_other() -> None:
    offsets = np.asarray(scatters(fold_scores({"a": [0.9, 0.9]}))[0].get_offsets())
    assert offsets[0, 1] != offsets[1, 1]


@pytest.mark.parametrize(
    "scores",
    [
        {},
        None,
        [0.9],
        "a",
        {"a": []},
        {"a": [98.1]},
        {"a": [-0.1]},
        {"a": [float("nan")]},
        {"a": ["x"]},
        {"a": [[0.9]]},
        {"a": None},
        {str(at): [0.9] for at in range(51)},
    ],
)
def test_wrong_scores_are_refused(scores: Any) -> None:
    with pytest.raises(InputError, match=r"[Rr]eceived|cannot be read"):
        fold_scores(scores)


def test_each_digit_has_three_scores_with_intervals() -> None:
    counts = np.diag(np.full(10, 100))
    counts[4, 9], counts[7, 2] = 11, 5
    axes = class_scores(counts).axes[0]
    expected = score_classes(counts)
    for line, shares in zip(
        (line for line in axes.lines if line.get_marker() in "osD"),
        (expected.precision, expected.recall, expected.f1),
        strict=True,
    ):
        np.testing.assert_allclose(line.get_ydata(), shares.value * 100)
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["precision", "recall", "F1"]
    # F1 is 200 / 211 for 4 and 9, 200 / 205 for 2 and 7, and 1 for the other six.
    assert axes.get_title(loc="left") == "Macro F1 98.47%, bars are 95% intervals"


def test_a_digit_that_never_occurs_has_no_score() -> None:
    counts = np.zeros((10, 10), int)
    counts[3, 3] = 5
    figure = class_scores(counts)
    figure.draw_without_rendering()
    line = next(line for line in figure.axes[0].lines if line.get_marker() == "o")
    assert np.isfinite(line.get_ydata()).tolist() == [digit == 3 for digit in range(10)]


def test_class_scores_take_a_confusion_matrix() -> None:
    with pytest.raises(InputError):
        class_scores(np.eye(10))
    with pytest.raises(InputError):
        class_scores(np.zeros((10, 10), int))


def test_reliability_shows_confidence_and_accuracy_of_each_bin() -> None:
    rows = np.full((4, 10), 0.4 / 9)
    rows[:, 3] = 0.6
    figure = reliability(rows, [3, 3, 3, 5], bins=5)
    above, below = figure.axes
    (points,) = [line for line in above.lines if line.get_marker() == "o"]
    assert points.get_xydata().tolist() == [[pytest.approx(60), pytest.approx(75)]]
    intervals = above.collections[1].get_segments()[0]
    assert intervals[:, 1] / 100 == pytest.approx(wilson_interval(3, 4))
    assert [bar.get_height() for bar in below.patches] == [0, 0, 4, 0, 0]
    assert figure.get_suptitle() == "Expected calibration error 15.00%, largest gap 15.0%"
    assert [text.get_text() for text in below.texts] == ["4"]


def test_many_bins_are_not_numbered() -> None:
    rows = np.eye(10)
    figure = reliability(rows, range(10), bins=50)
    figure.draw_without_rendering()
    assert not figure.axes[1].texts


@pytest.mark.parametrize(
    ("probabilities", "labels", "bins"),
    [
        (np.eye(10), range(9), 15),
        (np.eye(10), range(1, 11), 15),
        (np.eye(10) * 3, range(10), 15),
        (np.eye(10), [[1], [1, 2]], 15),
        (0.5, 1, 15),
        ([[1], [1, 2]], range(10), 15),
        (np.full((10, 10), np.nan), range(10), 15),
        (np.eye(10), range(10), 0),
        (np.eye(10), range(10), 51),
        (np.eye(10)[:0], [], 15),
    ],
)
def test_reliability_refuses_what_is_no_answer(probabilities: Any, labels: Any, bins: int) -> None:
    with pytest.raises(InputError):
        reliability(probabilities, labels, bins)


def test_numbers_over_decades_get_a_logarithmic_axis() -> None:
    figure = sweep([0.001, 0.01, 0.1, 0.01], [0.9, 0.99, 0.5, 0.98], "learning_rate")
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.001", "0.01", "0.1"]
    points, best = [np.asarray(item.get_offsets()) for item in scatters(figure)]
    assert len(points) == 4
    assert best.tolist() == [[0.01, pytest.approx(99)]]
    assert figure.get_suptitle() == "Best: learning_rate = 0.01, 99.00%"
    assert axes.get_xlabel() == "learning_rate"


def test_near_numbers_get_a_linear_axis() -> None:
    axes = sweep([1, 2, 3], [0.9, 0.8, 0.7], "dense_layers").axes[0]
    assert axes.get_xscale() == "linear"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "2", "3"]


def test_crowded_numbers_do_not_write_over_each_other() -> None:
    for values in (np.geomspace(1e-5, 1, 40), [1, 2, 3, 500], np.linspace(0, 1, 40)):
        figure = sweep(list(values), [0.5] * len(values), "x")
        figure.draw_without_rendering()
        axes = figure.axes[0]
        low, high = axes.get_xlim()
        labels = [label for label in axes.get_xticklabels() if label.get_text()]
        boxes = [
            label.get_window_extent()
            for label, at in zip(labels, axes.get_xticks(), strict=True)
            if low <= at <= high
        ]
        assert len(boxes) > 1
        assert not any(first.overlaps(second) for first, second in itertools.pairwise(boxes))
        assert not any("$" in label.get_text() for label in labels)


def test_words_become_categories_in_their_order() -> None:
    figure = sweep(["normalize", "center", "normalize", None], [0.9, 0.8, 0.7, 0.6], "scaling")
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == ["normalize", "center", "None"]
    assert np.asarray(scatters(figure)[0].get_offsets())[:, 0].tolist() == [0, 1, 0, 2]


def test_a_trial_without_a_score_is_a_cross() -> None:
    figure = sweep([1, 2, 3, 4], [0.9, None, float("nan"), 0.8], "x")
    (cross,) = [line for line in figure.axes[0].lines if line.get_marker() == "x"]
    assert cross.get_xdata().tolist() == [2, 3]
    assert len(np.asarray(scatters(figure)[0].get_offsets())) == 2


@pytest.mark.parametrize(
    "values",
    [[1e-320, 1.0], [1e300, 1.0], [10**400, 1.0], [-5, 5], [0, 0], [True, False], [{}, []]],
)
def test_strange_values_are_drawn(values: list[object]) -> None:
    sweep(values, [0.5, 0.6], "$x").draw_without_rendering()


@pytest.mark.parametrize(
    ("values", "accuracies"),
    [
        ([], []),
        ([1], [0.5, 0.6]),
        ("ab", [0.5, 0.6]),
        (itertools.count(), [0.5]),
        ([1], None),
        ([1], [None]),
        ([1], ["high"]),
        ([1], [98.0]),
        ([str(at) for at in range(101)], [0.5] * 101),
    ],
)
def test_a_sweep_that_is_none_is_refused(values: Any, accuracies: Any) -> None:
    with pytest.raises(InputError, match=r"[Rr]eceived|No trial"):
        sweep(values, accuracies, "x")


def test_accepted_share_takes_the_surest_first_and_ties_together() -> None:
    sure = [0.9, 0.5, 0.99, 0.5, 0.2]
    right = np.array([True, True, True, False, False])
    figure = accepted_share({"marks": (sure, right)})
    (axes,) = figure.axes
    curve = axes.lines[0].get_xydata()
    np.testing.assert_allclose(curve, [[20, 100], [40, 100], [80, 75], [100, 60]])
    assert axes.get_title(loc="left") == "marks (n=5)"
    # Of the 2 surest both are right; that keeps 99 %.
    assert [text.get_text() for text in axes.texts] == ["40%"]
    (band,) = axes.collections
    corners = band.get_paths()[0].vertices
    assert corners[:, 1].min() / 100 == pytest.approx(wilson_interval(1, 1)[0])


def test_where_the_surest_are_wrong_nothing_is_accepted() -> None:
    axes = accepted_share({"marks": ([0.9, 0.5], np.array([False, True]))}).axes[0]
    assert not axes.texts


@pytest.mark.parametrize(
    "answers",
    [
        {},
        [0.5],
        {"a": [0.5]},
        {"a": ([0.5], [1])},
        {"a": ([0.5], np.array([True, False]))},
        {"a": ([], np.array([], bool))},
        {"a": ([np.nan], np.array([True]))},
        {str(at): ([0.5], np.array([True])) for at in range(41)},
    ],
)
def test_accepted_share_takes_confidences_and_whether_each_is_right(answers: Any) -> None:
    with pytest.raises(InputError):
        accepted_share(answers)
