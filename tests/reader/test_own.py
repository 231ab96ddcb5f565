"""With a model of one's own, what is said of each digit is what that model says."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from _commands import Tenfold
from _tiny_models import WEIGHTS, tiny_model
from tenfold.errors import InputError, ModelError
from tenfold.imaging import Box
from tenfold.models import Model, load_bundled, load_bundled_lines
from tenfold.reader import Digit, Reader, Reading
from tenfold.reader.explanation import explain, summary
from tenfold.reader.own import OwnModel, are_partners

PICTURES = Path(__file__).parents[2] / "examples" / "pictures"
SEVEN = PICTURES / "seven-blue-ink.png"
CALIBRATED = {"calibration": {"temperature": 4.0}}


@pytest.fixture(scope="module")
def number() -> np.ndarray:
    """A number of two digits, black on white."""
    picture = np.full((90, 160), 255, np.uint8)
    cv2.putText(picture, "47", (20, 70), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 4, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize("scale", [1, 30], ids=["unsure", "sure"])
def test_label_and_probabilities_are_the_models_own(number: np.ndarray, scale: float) -> None:
    model = Model(tiny_model(WEIGHTS * np.float32(scale)), threads=1)
    reader = Reader(model, threshold=0)
    expected = Reader().read(number)
    reading = reader.read(number)
    assert [digit.box for digit in reading.digits] == [digit.box for digit in expected.digits]
    placed = np.stack([digit.placed for digit in reading.digits])
    shares = np.stack([digit.probabilities for digit in reading.digits])
    np.testing.assert_array_equal(shares, model.predict_proba(placed))
    assert reading.text == "".join(map(str, model.predict(placed))) != "47"
    assert reading.confidence_kind == reading.to_dict()["confidence_kind"] == "softmax"
    assert reading.confidence == pytest.approx(shares.max(axis=1).astype(float).prod())
    assert reading.confidence <= min(digit.confidence for digit in reading.digits)


def test_an_accuracy_is_asked_of_confidences_that_hold(number: np.ndarray) -> None:
    with pytest.raises(InputError, match="nobody calibrated"):
        Reader(Model(tiny_model(), threads=1), at_accuracy=0.9)
    calibrated = Model(tiny_model(WEIGHTS * np.float32(30), training=CALIBRATED), threads=1)
    assert Reader(calibrated, at_accuracy=0.999).read(number).needs_review is True


def test_what_it_is_too_unsure_of_is_left_out(number: np.ndarray) -> None:
    reading = Reader(Model(tiny_model(), threads=1)).read(number)
    assert (reading.text, len(reading.refused)) == ("", 2)


def test_a_calibrated_model_says_so(number: np.ndarray) -> None:
    plain = Model(tiny_model(WEIGHTS * np.float32(30)), threads=1)
    calibrated = Model(tiny_model(WEIGHTS * np.float32(30), training=CALIBRATED), threads=1)
    reading = Reader(calibrated, threshold=0).read(number)
    assert reading.confidence_kind == "calibrated"
    before = Reader(plain, threshold=0).read(number)
    assert reading.text == before.text
    assert reading.confidence < before.confidence


def test_a_copy_of_the_bundled_model_reads_as_it_does() -> None:
    copy = Model(bytes(bytearray(load_bundled().content)), threads=1)
    reading = Reader(copy).read(SEVEN)
    assert (reading.text, reading.confidence_kind) == ("7", "calibrated")
    assert reading.to_dict() == Reader().read(SEVEN).to_dict()


def test_a_line_model_names_its_partner() -> None:
    model = Model(tiny_model(), threads=1)
    assert are_partners(load_bundled_lines(), load_bundled())
    assert not are_partners(load_bundled_lines(), model)
    assert not are_partners(load_bundled_lines(), load_bundled("champion"))
    other = SimpleNamespace(card=SimpleNamespace(training={"calibration": {"partner": "0" * 64}}))
    assert not are_partners(other, load_bundled())  # type: ignore[arg-type]


class Judge:
    """Says 3 with 0.8 of everything, and what is left to none where it knows that."""

    temperature = None

    def __init__(self, knows_none: bool) -> None:
        self.knows_none = knows_none

    def judge(self, placed: np.ndarray) -> np.ndarray:
        shares = np.zeros((len(placed), 11), np.float32)
        shares[:, 3], shares[:, 10 if self.knows_none else 5] = 0.8, 0.2
        return shares


def found(sure: float) -> Digit:
    return Digit(
        np.full(10, sure / 10, np.float32), Box(0, 0, 9, 9), np.zeros((28, 28), np.float32)
    )


@pytest.mark.parametrize(
    ("knows_none", "is_digit", "accepted", "none"),
    [
        (False, 0.9, True, 0.1),
        (False, 0.2, False, 0.8),
        # What was taught to tell is asked alone.
        (True, 0.2, True, 0.2),
    ],
)
def test_whether_it_is_a_digit_is_said_by_who_knows(
    knows_none: bool, is_digit: float, accepted: bool, none: float
) -> None:
    (digit,) = OwnModel(Judge(knows_none)).judged([found(is_digit)], 0.5)  # type: ignore[arg-type]
    assert (digit.label, digit.accepted) == (3, accepted)
    assert digit.confidence == pytest.approx(0.8)
    assert digit.none == pytest.approx(none, abs=1e-6)


def test_a_picture_without_digits_asks_the_model_nothing() -> None:
    assert OwnModel(Judge(False)).judged([], 0.5) == []  # type: ignore[arg-type]


def test_the_command_names_what_nobody_calibrated(tmp_path: Path, tenfold: Tenfold) -> None:
    for name, training in (("plain", {}), ("calibrated", CALIBRATED)):
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(tiny_model(WEIGHTS * np.float32(30), training=training))
        code, out, _err = tenfold("read", "--model", path, "--threshold", "0", SEVEN)
        assert code == 0
        assert out.rstrip().endswith("% (softmax)") == (name == "plain")


def test_the_steps_name_it_too(number: np.ndarray) -> None:
    reading = Reader(Model(tiny_model(), threads=1), threshold=0).read(number, explain=True)
    assert "nobody calibrated it" in explain(reading)
    assert "confidence: the softmax" in summary(reading)
    assert "softmax" not in explain(Reader().read(number, explain=True))


def test_a_whole_is_never_surer_than_a_digit_of_it() -> None:
    digit = found(1.0)
    assert Reading((digit,), whole=0.9).confidence == digit.confidence
    assert Reading((digit,), whole=0.05).confidence == 0.05


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(ModelError, match=r"champoin\. Did you mean 'champion'\? Known: champion"):
        Reader("champoin")
