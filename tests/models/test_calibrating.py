"""A temperature is fitted to images, kept in the card, and changes how sure a model says it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from _commands import Tenfold
from _tiny_models import WEIGHTS, tiny_model
from tenfold import calibrate
from tenfold.data import DataSet
from tenfold.errors import InputError
from tenfold.models import Model, load_model, with_card
from tenfold.models.model import softmax

IMAGES = np.zeros((2, 28, 28), np.float32)
IMAGES[1, 5:20, 10:14] = 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A model that is far too sure of what it does not know."""
    path = tmp_path / "loud.onnx"
    path.write_bytes(tiny_model(WEIGHTS * 100))
    return path


def test_a_model_that_is_too_sure_gets_modest(path: Path, drawn: DataSet) -> None:
    before = path.read_bytes()
    written, fit = calibrate(path, drawn)
    assert written == path.with_name("loud-calibrated.onnx")
    assert path.read_bytes() == before
    assert (fit.fitted_on, fit.checked_on) == (200, 100)
    assert fit.temperature > 10
    assert fit.error_after < 0.2 < fit.error_before
    plain, calibrated = load_model(path), load_model(written)
    kept = calibrated.card.training["calibration"]
    assert kept["temperature"] == calibrated.temperature == fit.temperature
    assert (kept["split"], kept["data"]["name"]) == ("test", "drawn")
    np.testing.assert_array_equal(calibrated.logits(IMAGES), plain.logits(IMAGES))
    np.testing.assert_allclose(
        calibrated.judge(IMAGES)[:, :10], softmax(plain.logits(IMAGES) / fit.temperature), atol=1e-6
    )


def test_the_model_is_replaced_where_that_is_asked(path: Path, drawn: DataSet) -> None:
    assert calibrate(path, drawn, out=path)[0] == path
    assert load_model(path).temperature is not None


@pytest.mark.parametrize(
    ("validation", "splits", "split", "refused"),
    [
        (0, ("train", "test"), "train", "train"),
        (0, ("train", "valid"), None, "valid"),
        (10, ("train", "valid"), None, None),
        (10, ("train", "valid"), "train", "train"),
    ],
)
def test_images_that_it_was_trained_on_are_refused(
    tmp_path: Path,
    drawn: DataSet,
    validation: int,
    splits: tuple[str, ...],
    split: str | None,
    refused: str | None,
) -> None:
    data = DataSet("own", dict.fromkeys(splits, drawn.test))
    path = tmp_path / "own.onnx"
    path.write_bytes(tiny_model(data={"sha256": data.hash()}, recipe={"validation": validation}))
    if refused is None:
        assert calibrate(path, data, split)[1].fitted_on == 200
        return
    with pytest.raises(InputError, match=f"trained on the {refused} images of own"):
        calibrate(path, data, split)


def test_a_handful_of_images_is_refused(path: Path, drawn: DataSet) -> None:
    few = DataSet("few", {"test": drawn.test[:149]})
    with pytest.raises(InputError, match="Received 149 images to calibrate on; expected at least"):
        calibrate(path, few)


def test_another_card_leaves_the_rest_as_it_is(path: Path) -> None:
    content = path.read_bytes()
    model = Model(content)
    again = with_card(content, model.card)
    assert Model(again).card == model.card
    assert with_card(again, model.card) == again
    assert len(again) == len(content)


def test_the_command_says_what_it_found(path: Path, drawn_file: Path, tenfold: Tenfold) -> None:
    command = ["calibrate", path, "--data", drawn_file]
    code, out, err = tenfold(*command, "--out", "sober.onnx")
    assert code == 0
    assert "fitted to 200 images" in out
    assert "on 100 others" in out
    assert "Wrote sober.onnx" in err
    told = json.loads(tenfold(*command, "--json").out)
    assert told["temperature"] == load_model("sober.onnx").temperature
    assert load_model(told["path"]).temperature == told["temperature"]
