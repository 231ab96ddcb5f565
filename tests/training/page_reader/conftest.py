"""A reader trained on next to nothing, once for all tests."""

from __future__ import annotations

from functools import partial

import msgspec
import pytest

from tenfold.data import DataSet
from tenfold.recipes import Course, ReaderRecipe, Scenes, load_any_recipe
from tenfold.records import Run
from tenfold.training import Silence, train
from tenfold.training.page_reader import _job

CALIBRATED = 300


@pytest.fixture(scope="session")
def small_reader() -> ReaderRecipe:
    """The recipe with a few hundred scenes and two epochs of both networks that read digits."""
    recipe = load_any_recipe("reader")
    assert isinstance(recipe, ReaderRecipe)
    return msgspec.structs.replace(
        recipe,
        scenes=(Scenes(48, 130), Scenes(64, 90)),
        held_out=200,
        held_scenes=40,
        # With the ink that comes with Tenfold; a network that learned next to nothing finds none.
        ink=None,
        lines=Course(epochs=2, batch_size=1024, learning_rate=3e-3),
        digits=Course(epochs=2, batch_size=128, learning_rate=4e-3),
        signs=Course(epochs=1, batch_size=16, learning_rate=3e-3),
        precision="fp32",
    )


@pytest.fixture(scope="session")
def few(drawn: DataSet) -> DataSet:
    """400 digits to train on and 100 to test."""
    return DataSet("few", {"train": drawn.train[:400], "test": drawn.test[:100]})


@pytest.fixture(scope="session")
def trained_reader(
    small_reader: ReaderRecipe, few: DataSet, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """A finished run of it."""
    folder = tmp_path_factory.mktemp("reader") / "run"
    with pytest.MonkeyPatch.context() as patch:
        # What scenes are read to calibrate is most of the time; a few fit as many weights.
        patch.setattr(_job, "calibrate", partial(_job.calibrate, count=CALIBRATED))
        return train(small_reader, few, run=folder, threads=1, observer=Silence())
