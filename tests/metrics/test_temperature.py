"""A temperature that is known is found again."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold.errors import InputError
from tenfold.metrics import fit_temperature, measure_calibration, tempered

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(0, 3, (3000, 10))
LABELS = np.array([RANDOM.choice(10, p=row) for row in tempered(LOGITS, 1)])


@pytest.mark.parametrize("factor", [0.2, 1, 7])
def test_what_logits_were_scaled_by_is_found(factor: float) -> None:
    scaled = LOGITS * factor
    found = fit_temperature(scaled, LABELS)
    assert found == pytest.approx(factor, rel=0.05)
    assert measure_calibration(tempered(scaled, found), LABELS).expected_error < 0.03


def test_a_network_that_knows_nothing_says_a_tenth_of_each() -> None:
    labels = RANDOM.integers(0, 10, len(LOGITS))
    found = fit_temperature(LOGITS * 50, labels)
    assert tempered(LOGITS * 50, found).max() < 0.2


def test_one_that_is_always_right_is_not_taken_to_be_never_wrong() -> None:
    logits = 10 * np.eye(10)[np.arange(200) % 10]
    shares = tempered(logits, fit_temperature(logits, np.arange(200) % 10))
    # 202 parts, of which one is left to doubt, a tenth of it to the label itself.
    assert shares.max() == pytest.approx(1 - 0.9 / 202, abs=1e-4)


@pytest.mark.parametrize(("rows", "labels"), [(99, 99), (200, 199)])
def test_too_few_or_unlike_are_refused(rows: int, labels: int) -> None:
    with pytest.raises(InputError, match="at least 100"):
        fit_temperature(LOGITS[:rows], LABELS[:labels])
