"""What is weighed of a digit, by hand."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from tenfold.errors import ModelError
from tenfold.imaging import Box, Ink
from tenfold.imaging.layout import Line
from tenfold.reader.calibration import MEASURES, Calibration, measures
from tenfold.reader.lines import FoundDigit, LineReading, _unread

LINE = Line(0, 20, 10, 0.0, 20)


def answer(label: int, sure: float, rest: float) -> np.ndarray:
    """``sure`` for a label, ``rest`` for none; what is missing for another label."""
    shares = np.zeros(11, np.float32)
    shares[label], shares[10], shares[(label + 1) % 10] = sure, rest, 1 - sure - rest
    return shares


def found(by_digit: np.ndarray, by_line: np.ndarray | None) -> FoundDigit:
    return FoundDigit(Box(0, 0, 20, 20), np.zeros((28, 28), np.float32), by_line, by_digit)


def odds(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def test_a_glance_is_weighed_by_the_digit_network_alone() -> None:
    reading = LineReading(LINE, (found(answer(3, 0.96, 0.02), None),), 0.96)
    (row,) = measures(reading)
    told = dict(zip(MEASURES, row, strict=True))
    assert told["glance"] == 1
    assert told["agreement"] == pytest.approx(odds(0.96 / 0.98), rel=1e-4)
    assert told["digit"] == pytest.approx(odds(0.98), rel=1e-4)
    assert [told[name] for name in ("line", "text", "company", "alone")] == [0, 0, 0, 0]


def test_two_digits_keep_each_other_company() -> None:
    both = (
        found(answer(3, 0.9, 0.05), answer(3, 0.8, 0.1)),
        found(answer(4, 0.7, 0.2), answer(4, 0.9, 0.05)),
    )
    first, second = measures(LineReading(LINE, both, 0.81))
    told = dict(zip(MEASURES, first, strict=True))
    assert told["agreement"] == pytest.approx(odds(0.72 / (0.72 + 0.005)), rel=1e-3)
    assert told["line"] == pytest.approx(odds(0.9), rel=1e-4)
    assert told["text"] == pytest.approx(odds(0.9), rel=1e-4)
    assert told["company"] == pytest.approx(odds(0.8), rel=1e-4)
    assert (told["alone"], told["glance"]) == (0, 0)
    assert second[MEASURES.index("company")] == pytest.approx(odds(0.95), rel=1e-4)


def test_a_glance_has_slopes_of_its_own_and_a_line_has_not() -> None:
    glanced = LineReading(LINE, (found(answer(3, 0.96, 0.02), None),), 0.96)
    read = LineReading(LINE, (found(answer(3, 0.96, 0.02), answer(3, 0.9, 0.05)),), 0.96)
    plain = Calibration(0, *[1.0] * 7, 0, 0, 0)
    steeper = replace(plain, glanced_agreement=1.0, glanced_digit=1.0)
    assert steeper.confidences(read) == plain.confidences(read)
    (before,), (after,) = plain.confidences(glanced), steeper.confidences(glanced)
    assert odds(after) - odds(before) == pytest.approx(odds(0.96 / 0.98) + odds(0.98), rel=1e-4)


def test_an_older_card_has_no_slopes_for_glances_and_any_other_weight() -> None:
    newer = ("glanced_agreement", "glanced_digit")
    older = {field.name: 1.0 for field in fields(Calibration) if field.name not in newer}
    # Cards of one development version weighed the ink, too.
    assert Calibration.from_dict({**older, "ink": 0.5}).glanced_digit == 0
    with pytest.raises(ModelError, match="incomplete"):
        Calibration.from_dict({**older, "glanced_digit": None})
    del older["text"]
    with pytest.raises(ModelError, match="incomplete"):
        Calibration.from_dict(older)


def test_ink_that_no_digit_holds_is_unread_and_letters_are_not() -> None:
    tone = np.zeros((40, 90), np.float32)
    tone[10:30, [5, 25, 45, 65]] = 1
    other = np.zeros_like(tone)
    other[:, 60:] = 1
    boxes = [Box(4, 9, 3, 22), Box(20, 5, 10, 30)]
    line = Line(0, 70, 20, 0.0, 24)
    digits = tuple(replace(found(answer(3, 1, 0), None), box=box) for box in boxes)
    planes = Ink(tone, tone, bright=False, contrast=1.0, other=other)
    assert _unread(planes, line, digits) == pytest.approx(1 / 3)
    assert _unread(planes, line, ()) == 1
    assert _unread(replace(planes, other=None), line, digits) == pytest.approx(1 / 2)
    assert _unread(replace(planes, tone=0 * tone), line, ()) == 0


def test_a_line_is_less_sure_the_more_of_it_is_unread() -> None:
    trust = Calibration(0, *[0.0] * 7, 0.5, 1.0, 1.0, whole_unread=-1.0)
    reading = LineReading(LINE, (found(answer(3, 0.96, 0.02), answer(3, 0.9, 0.05)),), 0.9)
    sure = [trust.whole(replace(reading, unread=rest), [0.9]) for rest in (0, 0.02, 0.3, 0.99, 1)]
    assert sure[0] == sure[1] > sure[2] > sure[3] > 0.0
    assert odds(sure[0]) == pytest.approx(0.5 + 2 * odds(0.9) + odds(0.98))
    assert trust.whole(reading, []) == 0


def test_each_measure_has_a_weight() -> None:
    names = set(Calibration.__dataclass_fields__)
    assert set(MEASURES) <= names
