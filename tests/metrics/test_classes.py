"""Scores of each class, against numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold.metrics import score_classes, wilson_interval


def test_a_small_case_by_hand() -> None:
    counts = np.zeros((10, 10), int)
    counts[4, 4], counts[4, 9], counts[9, 9], counts[9, 4], counts[0, 4] = 8, 2, 6, 1, 1
    scores = score_classes(counts)
    assert scores.precision.value[4] == pytest.approx(8 / 10)
    assert scores.recall.value[4] == pytest.approx(8 / 10)
    assert scores.f1.value[4] == pytest.approx(0.8)
    assert scores.precision.value[9] == pytest.approx(6 / 8)
    assert scores.recall.value[9] == pytest.approx(6 / 7)
    assert scores.f1.value[9] == pytest.approx(12 / 15)  # 2 TP / (2 TP + FP + FN)
    assert (scores.recall.low[4], scores.recall.high[4]) == wilson_interval(8, 10)
    # A 0 was there but never predicted: no precision, no recall to speak of, F1 of 0.
    assert np.isnan(scores.precision.value[0])
    assert scores.recall.value[0] == 0
    assert scores.f1.value[0] == 0
    # A 1 never occurs at all.
    assert np.isnan([s.value[1] for s in (scores.precision, scores.recall, scores.f1)]).all()
    assert scores.macro_f1 == pytest.approx((0.8 + 0.8 + 0) / 3)


def test_intervals_hold_the_score_and_f1_covers() -> None:
    random = np.random.default_rng(1)
    covered = []
    for _trial in range(400):
        # Of 300 images, 150 are of class 0; each kind of error has its own chance. True F1 is
        # 2 * 0.45 / (2 * 0.45 + 0.05 + 0.03) of the multinomial below.
        right, missed, extra, _rest = random.multinomial(300, [0.45, 0.05, 0.03, 0.47])
        counts = np.zeros((10, 10), int)
        counts[0, 0], counts[0, 1], counts[1, 0] = right, missed, extra
        f1 = score_classes(counts).f1
        assert f1.low[0] <= f1.value[0] <= f1.high[0]
        covered.append(f1.low[0] <= 0.9 / 0.98 <= f1.high[0])
    assert 0.92 < np.mean(covered) < 0.98
