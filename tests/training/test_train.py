"""Training as a user sees it: runs that are exact, resumable, and clear when they cannot go on."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tenfold
from tenfold.data import DataSet
from tenfold.errors import InputError, RunError, StorageError, TrainingError
from tenfold.models import load_model
from tenfold.records import Fold, Run
from tenfold.training import Silence, resume, train
from tenfold.training.splits import split_fold

QUICK = {"epochs": 2, "validation": 200}


def quick(data: DataSet, folder: Path, name: str = "mlp-256", **options: object) -> Run:
    changes = {**QUICK, **options.pop("changes", {})}  # type: ignore[dict-item]
    observer = options.pop("observer", Silence())
    return train(name, data, run=folder, changes=changes, observer=observer, **options)  # type: ignore[arg-type]


def test_a_run_keeps_everything(drawn: DataSet, tmp_path: Path) -> None:
    run = quick(drawn, tmp_path / "run", seed=7, subset=1000)
    assert run.finished
    assert run.plan.settings.seed == 7
    assert run.plan.settings.data_hash == drawn.hash()
    assert run.plan.recipe.epochs == 2
    assert [row.epoch for row in run.history] == [1, 2]
    assert run.history[-1].step == 2 * 7  # 800 images in batches of 128
    assert run.history[-1].validation_accuracy is not None
    assert run.scores.test.count == 300
    assert run.environment.versions["torch"]
    assert run.checkpoint_path.is_file()
    assert run.weights_path.is_file()


@pytest.mark.slow
def test_the_saved_model_reaches_the_scores_that_were_noted(drawn: DataSet, tmp_path: Path) -> None:
    run = quick(drawn, tmp_path, "cnn-deep", changes={"epochs": 8})
    model = load_model(run.model_path)
    images, labels = drawn.test
    accuracy = float((model.predict(images) == labels).mean())
    assert accuracy == pytest.approx(run.scores.test.accuracy, abs=1e-9)
    assert accuracy > 0.9
    assert model.card.scores["test"]["accuracy"] == run.scores.test.accuracy
    assert model.card.training["images"] == 1000


@pytest.mark.parametrize("name", ["cnn-batchnorm", "mlp-256", "mlp-128"])
def test_the_same_seed_gives_the_same_bits(drawn: DataSet, tmp_path: Path, name: str) -> None:
    first = quick(drawn, tmp_path / "1", name, seed=5)
    # The caller's own random state has no say, and is left alone.
    import torch

    torch.manual_seed(99)
    state = torch.get_rng_state()
    second = quick(drawn, tmp_path / "2", name, seed=5)
    assert torch.equal(state, torch.get_rng_state())
    other = quick(drawn, tmp_path / "3", name, seed=6)
    weights = [run.weights_path.read_bytes() for run in (first, second, other)]
    assert weights[0] == weights[1]
    assert weights[0] != weights[2]


class StopAfter(Silence):  # type: ignore[misc] # final for users, not for this test
    """Interrupts training as Ctrl-C does, at one step."""

    def __init__(self, calls: int) -> None:
        self.calls = calls

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        self.calls -= 1
        if self.calls == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["cnn-batchnorm", "mlp-512", "mlp-sigmoid"])
def test_an_interrupted_run_ends_with_the_same_bits(
    drawn: DataSet, tmp_path: Path, name: str
) -> None:
    changes = {"epochs": 3}
    whole = quick(drawn, tmp_path / "whole", name, changes=changes)
    run = Run(tmp_path / "stopped")
    with pytest.raises(KeyboardInterrupt):
        quick(drawn, run.folder, name, changes=changes, observer=StopAfter(3))
    assert not run.finished
    assert 1 <= len(run.history) < 3
    resume(run.folder, drawn, observer=Silence())
    assert run.weights_path.read_bytes() == whole.weights_path.read_bytes()
    assert [row.loss for row in run.history] == [row.loss for row in whole.history]


def test_resuming_a_finished_run_leaves_it(drawn: DataSet, tmp_path: Path) -> None:
    run = quick(drawn, tmp_path)
    before = run.model_path.stat().st_mtime_ns
    assert resume(tmp_path, drawn).finished
    assert run.model_path.stat().st_mtime_ns == before


def test_a_run_is_not_overwritten_unless_asked(drawn: DataSet, tmp_path: Path) -> None:
    quick(drawn, tmp_path, seed=1)
    with pytest.raises(RunError, match="already holds a run"):
        quick(drawn, tmp_path, seed=2)
    assert quick(drawn, tmp_path, seed=2, again=True).plan.settings.seed == 2


def test_resuming_on_other_data_is_refused(drawn: DataSet, tmp_path: Path) -> None:
    run = Run(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        quick(drawn, tmp_path, observer=StopAfter(2))
    other = DataSet("other", {"train": drawn.train[:600], "test": drawn.test})
    with pytest.raises(RunError, match="not those that"):
        resume(run.folder, other)


@pytest.mark.parametrize("damage", [b"", b"junk" * 100, None])
def test_a_damaged_checkpoint_is_named(
    drawn: DataSet, tmp_path: Path, damage: bytes | None
) -> None:
    run = Run(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        quick(drawn, tmp_path, observer=StopAfter(2))
    content = run.checkpoint_path.read_bytes()
    run.checkpoint_path.write_bytes(content[:-100] if damage is None else damage)
    with pytest.raises(RunError, match=r"checkpoint .* is damaged"):
        resume(run.folder, drawn)


def test_a_checkpoint_of_another_network_is_named(drawn: DataSet, tmp_path: Path) -> None:
    small = quick(drawn, tmp_path / "small", changes={"layers.1.units": 100})
    run = Run(tmp_path / "large")
    with pytest.raises(KeyboardInterrupt):
        quick(drawn, run.folder, observer=StopAfter(2))
    run.checkpoint_path.write_bytes(small.checkpoint_path.read_bytes())
    with pytest.raises(RunError, match=r"of another network: 1\.bias"):
        resume(run.folder, drawn)


def test_a_loss_that_is_no_number_stops_with_advice(drawn: DataSet, tmp_path: Path) -> None:
    for rate in (1e30, 1e38):
        changes = {"learning_rate": rate, "scaling": "raw", "epochs": 1}
        with pytest.raises(TrainingError, match="smaller learning rate"):
            quick(drawn, tmp_path / str(rate), "cnn-baseline", changes=changes)


@pytest.mark.slow
def test_a_full_disk_keeps_the_last_checkpoint(drawn_file: Path, tmp_path: Path) -> None:
    # A limit on the size of files stands in for a full disk once the first epochs are written.
    program = f"""
import resource, signal
from tenfold.training import Silence, train
from tenfold.errors import StorageError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
class Fill(Silence):
    def on_epoch(self, row):
        if row.epoch == 2:
            resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    train("mlp-128", {str(drawn_file)!r}, run="full", observer=Fill(),
          changes={{"epochs": 4, "validation": 100}})
except StorageError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path
    )
    assert "The disk is full" in done.stdout, done.stderr
    run = resume(tmp_path / "full", observer=Silence())
    assert [row.epoch for row in run.history] == [1, 2, 3, 4]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 50_000


def test_a_folder_that_cannot_be_made_is_named(drawn: DataSet, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="is a file; expected a folder"):
        quick(drawn, tmp_path / "file" / "run")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "Received seed -1"),
        ({"precision": "fp8"}, "Received precision 'fp8'"),
        ({"threads": 0}, "Received 0 threads"),
        ({"subset": 0}, "Received a subset of 0"),
        ({"subset": 99_999}, "expected 1 to 1200"),
        ({"device": "tpu"}, "Received device 'tpu'"),
        ({"changes": {"validation": 1200}}, "none would be left"),
    ],
)
def test_impossible_options_are_named(
    drawn: DataSet, tmp_path: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        quick(drawn, tmp_path / "run", **options)


def test_a_device_that_is_not_there_is_named(drawn: DataSet, tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(InputError, match="Device cuda cannot be used"):
        quick(drawn, tmp_path, device="cuda")


@pytest.mark.slow
def test_bf16_learns_too(drawn: DataSet, tmp_path: Path) -> None:
    # Small, for a processor without bf16 takes its time.
    run = quick(drawn, tmp_path, "tiny", precision="bf16", changes={"epochs": 6})
    assert run.scores.test.accuracy > 0.8


def test_without_test_images_there_are_no_test_scores(drawn: DataSet, tmp_path: Path) -> None:
    run = quick(DataSet("alone", {"train": drawn.train}), tmp_path)
    assert run.finished
    assert run.scores.test is None


def test_watching_the_test_images_needs_some(drawn: DataSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Hold training images out instead: --validation 200 "):
        quick(DataSet("alone", {"train": drawn.train}), tmp_path, changes={"validation": "test"})


def test_a_valid_split_is_watched_or_trained_on(drawn: DataSet, tmp_path: Path) -> None:
    split = {"train": drawn.train[:900], "valid": drawn.train[900:], "test": drawn.test}
    data = DataSet("split", split)
    watched = quick(data, tmp_path / "1")
    assert watched.history[-1].step == 2 * 8  # 900 images
    assert watched.history[-1].validation_accuracy is not None
    calibrated = load_model(watched.model_path)
    assert calibrated.card.training["calibration"]["split"] == "validation"
    assert calibrated.temperature is not None
    every = quick(data, tmp_path / "2", changes={"validation": 0})
    assert every.history[-1].step == 2 * 10  # 1,200 images
    assert every.history[-1].validation_accuracy is None
    # Nothing is left that it has not seen, but the test images, which are for the last measurement.
    assert load_model(every.model_path).temperature is None


@pytest.mark.parametrize("scaling", ["raw", "normalize", "center", "standardize"])
def test_every_scaling_travels_in_the_model(drawn: DataSet, tmp_path: Path, scaling: str) -> None:
    run = quick(drawn, tmp_path, changes={"scaling": scaling, "learning_rate": 1e-4})
    model = load_model(run.model_path)
    images, labels = drawn.test
    accuracy = float(np.mean(model.predict(images) == labels))
    assert accuracy == pytest.approx(run.scores.test.accuracy, abs=1e-9)
    pixels = drawn.train.images[:1000].astype(np.float64)
    scaled = (pixels - model.card.scaling["offset"]) * model.card.scaling["factor"]
    expected = {
        "raw": (pixels.mean(), pixels.std()),
        "normalize": (pixels.mean() / 255, pixels.std() / 255),
        "center": (0, pixels.std() / 255),
        "standardize": (0, 1),
    }[scaling]
    assert (scaled.mean(), scaled.std()) == pytest.approx(expected, abs=1e-9)


def test_it_is_reached_from_the_package(drawn: DataSet, tmp_path: Path) -> None:
    run = tenfold.train("mlp-128", drawn, changes={"epochs": 1, "validation": 0})
    assert run.folder == Path("runs/mlp-128-1")
    assert tenfold.load_model(run.model_path).card.name == "mlp-128"


def test_a_fold_is_held_out_and_the_test_images_left_alone(drawn: DataSet, tmp_path: Path) -> None:

    fold = Fold(index=2, folds=4)
    run = quick(drawn, tmp_path, fold=fold)
    assert run.plan.settings.fold.index == 2
    assert run.scores.test is None
    assert run.scores.validation.count == 300
    from sklearn.model_selection import KFold

    cut = list(KFold(4, shuffle=True, random_state=1).split(drawn.train.images))[2]
    for mine, theirs in zip(split_fold(fold, drawn.train.labels), cut, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    last = run.history[-1]
    assert last.validation_accuracy == pytest.approx(run.scores.validation.accuracy)
    # A recipe that watches the test images watches the fold instead.
    watching = quick(drawn, tmp_path / "2", "mlp-128", fold=fold, changes={"validation": "test"})
    assert watching.scores.validation.count == 300


@pytest.mark.parametrize(
    ("fold", "message"),
    [(Fold(index=5), "Received fold 5 of 5"), (Fold(index=0, folds=9999), "cannot be cut")],
)
def test_an_impossible_fold_is_named(
    drawn: DataSet, tmp_path: Path, fold: Fold, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        quick(drawn, tmp_path, fold=fold)


def test_stratified_folds_hold_each_digit_alike(drawn: DataSet) -> None:
    labels = drawn.train.labels
    _train, held = split_fold(Fold(index=0, stratified=True), labels)
    shares = np.bincount(labels[held], minlength=10) / np.bincount(labels, minlength=10)
    assert np.abs(shares - 0.2).max() < 0.02


def test_the_test_images_are_left_alone_when_asked(drawn: DataSet, tmp_path: Path) -> None:
    scores = quick(drawn, tmp_path, test=False).scores
    assert scores.test is None
    assert scores.validation.count == 200
