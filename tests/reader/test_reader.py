"""The reader joins imaging and a model; a stand-in model shows what it was given."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from tenfold.errors import InputError, ModelError, PictureError
from tenfold.imaging import Box
from tenfold.reader import Digit, Reader, Reading


class Upright:
    """Says 1 with 0.75 for what is higher than wide, else 7 with 0.5."""

    card = SimpleNamespace(placement={"size": 28, "box": 20})

    def predict_proba(self, images: np.ndarray) -> np.ndarray:
        assert images.dtype == np.float32
        assert images.shape[1:] == (28, 28)
        answers = np.zeros((len(images), 10), np.float32)
        for image, answer in zip(images, answers, strict=True):
            rows, columns = np.nonzero(image)
            is_high = np.ptp(rows) > np.ptp(columns)
            answer[[1, 7]] = (0.75, 0.25) if is_high else (0.5, 0.5)
            answer[7] += 0 if is_high else 1e-3
        return answers


@pytest.fixture
def reader() -> Reader:
    return Reader(Upright())


def bar(height: int = 300, width: int = 200) -> np.ndarray:
    """Black on white: a bar of 100 x 20 at column 60 and row 50."""
    picture = np.full((height, width), 255, np.uint8)
    picture[50:150, 60:80] = 0
    return picture


def test_a_picture_is_read(reader: Reader) -> None:
    reading = reader.read(bar())
    assert (reading.text, str(reading), reading.confidence) == ("1", "1", 0.75)
    (digit,) = reading.digits
    assert (digit.label, digit.confidence, digit.box) == (1, 0.75, Box(60, 50, 20, 100))
    assert digit.placed.shape == (28, 28)
    assert digit.placed.dtype == np.float32
    assert digit.placed[4:24, 12:16].min() == 1
    assert digit.placed.sum() == 80


def test_all_sources_read_the_same(reader: Reader, tmp_path: object) -> None:
    buffer = io.BytesIO()
    image = Image.fromarray(bar())
    image.save(buffer, "PNG")
    image.save("bar.png")
    for source in (image, buffer.getvalue(), "bar.png", bar() / 255.0, bar() > 0):
        assert reader.read(source).to_dict() == reader.read(bar()).to_dict()


def test_boxes_are_in_pixels_of_the_picture_as_shown(reader: Reader) -> None:
    large = np.full((4000, 3200), 255, np.uint8)
    large[1000:2000, 600:800] = 0
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.fromarray(large).save(buffer, "JPEG", exif=exif)
    (digit,) = reader.read(buffer.getvalue()).digits
    # Turned clockwise, row r becomes column 4000 - r.
    box = digit.box
    assert digit.label == 7
    assert (
        np.abs(np.array([box.x, box.y, box.width, box.height]) - (2000, 600, 1000, 200)).max() < 9
    )


def test_a_blank_picture_gives_an_empty_reading(reader: Reader) -> None:
    reading = reader.read(np.full((40, 40), 255, np.uint8))
    assert (reading.text, reading.confidence, reading.digits) == ("", 0.0, ())
    assert reading.to_dict() == {"text": "", "confidence": 0.0, "digits": []}


def test_one_broken_picture_does_not_stop_the_others(reader: Reader) -> None:
    results = list(reader.read_many([bar(), b"broken", bar().T]))
    assert [type(result) for result in results] == [Reading, PictureError, Reading]
    assert [result.text for result in results if isinstance(result, Reading)] == ["1", "7"]


def test_read_many_does_not_read_ahead(reader: Reader) -> None:
    results = reader.read_many(iter([bar(), bar()]))
    assert next(results).text == "1"


def test_the_confidence_of_several_digits_is_that_all_are_right() -> None:
    probabilities = np.zeros(10, np.float32)
    probabilities[3] = 0.5
    digit = Digit(probabilities, Box(0, 0, 1, 1), np.zeros((28, 28), np.float32))
    reading = Reading((digit, digit))
    assert (reading.text, reading.confidence) == ("33", 0.25)


def test_a_reading_is_plain_data(reader: Reader) -> None:
    data = json.loads(json.dumps(reader.read(bar()).to_dict()))
    assert data["text"] == "1"
    assert data["digits"] == [
        {
            "label": 1,
            "confidence": 0.75,
            "probabilities": [0, 0.75, 0, 0, 0, 0, 0, 0.25, 0, 0],
            "box": {"x": 60, "y": 50, "width": 20, "height": 100},
        }
    ]


def test_the_placement_comes_from_the_models_card() -> None:
    model = Upright()
    model.card = SimpleNamespace(placement={"box": 10})
    (digit,) = Reader(model).read(bar()).digits
    assert np.ptp(np.nonzero(digit.placed)[0]) + 1 == 10
    model.card = SimpleNamespace(placement={"tilt": 1})
    with pytest.raises(InputError, match="Received tilt in a placement"):
        Reader(model)


def test_a_missing_model_is_named() -> None:
    with pytest.raises(ModelError, match=r"absent\.onnx"):
        Reader("absent.onnx")
