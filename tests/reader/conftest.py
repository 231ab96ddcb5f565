"""Stand-ins for the networks: they know one rule, and say it with a known confidence."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from _ink import CornerInk
from _signs import SayingSigns
from tenfold.reader import Reader
from tenfold.reader.calibration import Calibration
from tenfold.reader.own import PARTNER

# Whatever the networks say, a digit is right with 0.96, and a line if all its digits are.
CALIBRATION = {field.name: 0.0 for field in fields(Calibration)} | {
    "bias": math.log(0.96 / 0.04),
    "whole_digits": 1.0,
}


def is_high(image: np.ndarray) -> bool:
    rows, columns = np.nonzero(image)
    return bool(np.ptp(rows) > np.ptp(columns))


class UprightLines:
    """Finds whatever paper surrounds, and says 1 of what is higher than wide, else 7."""

    def __init__(self, calibration: dict[str, float]) -> None:
        partner = hashlib.sha256(UprightDigits.content).hexdigest()
        self.card = SimpleNamespace(training={"calibration": calibration | {PARTNER: partner}})

    def predict(self, strips: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert strips.dtype == np.float32
        assert strips.shape[1] == 40
        assert strips.shape[2] % 4 == 0
        logits = np.zeros((len(strips), strips.shape[2] // 4, 11), np.float32)
        logits[..., 10] = 20
        boxes = np.zeros((*logits.shape[:2], 4), np.float32)
        for at, strip in enumerate(strips > 0.5):
            edges = np.flatnonzero(np.diff(np.pad(strip.any(axis=0).astype(int), 1)))
            for left, right in edges.reshape(-1, 2):
                rows = np.flatnonzero(strip[:, left:right].any(axis=1))
                column = (left + right) // 8
                logits[at, column, 10] = 0
                logits[at, column, 1 if is_high(strip[:, left:right]) else 7] = 20
                boxes[at, column] = left, rows[0], right, rows[-1] + 1
        return logits, boxes


class UprightDigits:
    """Says 1 with ``sure`` for what is higher than wide, else 7 with 0.04, and most likely none."""

    content = b"stand-in"
    knows_none = True
    threads = 1

    def __init__(self, placement: dict[str, Any], sure: float) -> None:
        self.card = SimpleNamespace(placement=placement)
        self.sure = sure

    def judge(self, placed: np.ndarray) -> np.ndarray:
        assert placed.dtype == np.float32
        assert placed.shape[1:] == (28, 28)
        answers = np.zeros((len(placed), 11), np.float32)
        for image, answer in zip(placed, answers, strict=True):
            high = (self.sure, 1 - self.sure, 0)
            answer[[1, 7, 10]] = high if is_high(image) else (0.01, 0.04, 0.95)
        return answers

    def predict_proba(self, images: np.ndarray) -> np.ndarray:
        return self.judge(np.asarray(images))[:, :10]


@pytest.fixture
def make_reader() -> Callable[..., Reader]:
    """Make a reader of the stand-ins, with other weights or another placement if given."""

    def make(
        placement: dict[str, Any] | None = None,
        sure: float = 0.75,
        at_accuracy: float | None = None,
        **weights: float,
    ) -> Reader:
        digits = UprightDigits({"size": 28, "box": 20} if placement is None else placement, sure)
        lines = UprightLines(CALIBRATION | weights)
        models = {"lines": lines, "ink": CornerInk(), "sign_model": SayingSigns()}
        return Reader(digits, at_accuracy=at_accuracy, **models)

    return make


@pytest.fixture
def reader(make_reader: Callable[..., Reader]) -> Reader:
    return make_reader()
