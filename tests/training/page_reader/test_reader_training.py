"""The reader's training from end to end: models that agree, runs that resume to the bit."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest
import torch
from safetensors.torch import load_file

import tenfold
from _rounding import room
from tenfold.data import DataSet
from tenfold.errors import InputError, MissingExtraError, RunError, TrainingError
from tenfold.models import LineModel, SignModel, load_model
from tenfold.models.bundled import bundled_file
from tenfold.models.sign_model import SIGNS
from tenfold.networks.reader import DigitNetwork, LineNetwork, SignNetwork
from tenfold.recipes import Course, ReaderRecipe
from tenfold.records import EpochRow, Fold, ReaderScores, Run
from tenfold.training import Silence, resume, train
from tenfold.training.page_reader import ReaderJob
from tenfold.training.progress import Extent

SEVEN = Path(__file__).parents[3] / "examples" / "pictures" / "seven-blue-ink.png"

CHECKPOINTS = tuple(f"{name}.checkpoint.safetensors" for name in ("lines", "digits", "signs"))


class Interrupting(Silence):
    """Interrupts after one epoch."""

    def on_epoch(self, row: EpochRow) -> None:
        raise KeyboardInterrupt


class Listening:
    def __init__(self) -> None:
        self.plans: list[Extent] = []
        self.steps = 0
        self.rows: list[EpochRow] = []
        self.ended = 0

    def on_start(self, plan: Extent) -> None:
        self.plans.append(plan)

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        self.steps += 1

    def on_epoch(self, row: EpochRow) -> None:
        self.rows.append(row)

    def on_end(self) -> None:
        self.ended += 1


@pytest.fixture
def unsaved(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checkpoints hold what matters, and exporting takes seconds."""
    monkeypatch.setattr(ReaderJob, "_save", lambda *_arguments: None)


def with_scenes(run: Run, folder: Path) -> Path:
    """Start a folder with the scenes that another run of the same settings made."""
    shutil.copytree(run.folder / "scenes", folder / "scenes")
    return folder


def test_a_run_holds_its_models_weights_history_and_scores(trained_reader: Run) -> None:
    run = trained_reader
    assert run.finished
    assert isinstance(run.plan.recipe, ReaderRecipe)
    assert [row.epoch for row in run.history] == [1, 2, 3, 4, 5]
    assert all(0 <= row.validation_accuracy <= 1 for row in run.history)
    scores = run.scores
    assert isinstance(scores, ReaderScores)
    assert set(scores.lines.whole) == {"48", "64"}
    assert scores.lines.count == 80
    assert scores.digits.plain_count == 200
    assert scores.signs.count == sum(scores.signs.counts.values()) > 0
    assert set(scores.signs.right) == set(scores.signs.counts)
    assert scores.test.count == 100
    names = {"lines.onnx", "digits.onnx", "signs.onnx"}
    assert {path.name for path in run.folder.glob("*.onnx")} == names


def test_it_learns_something_even_from_so_little(trained_reader: Run) -> None:
    first, second, third, fourth, _of_signs = trained_reader.history
    assert second.loss < first.loss
    assert fourth.loss < third.loss


def test_the_line_model_agrees_with_pytorch_at_any_size(trained_reader: Run) -> None:
    model = LineModel((trained_reader.folder / "lines.onnx").read_bytes())
    network = LineNetwork()
    network.load_state_dict(load_file(trained_reader.folder / "lines.safetensors"))
    network.eval()
    for count, width in ((1, 40), (5, 64), (2, 260)):
        strips = np.random.default_rng(width).random((count, 40, width), np.float32)
        with torch.no_grad():
            expected, offsets = network(torch.from_numpy(strips)[:, None])
        logits, boxes = model.predict(strips)
        assert logits.shape == (count, width // 2, 11)
        atol = room(network, strips[:, None], lambda found: found[0])
        np.testing.assert_allclose(logits, expected.numpy(), rtol=0, atol=atol)
        centers = np.arange(width // 2) * 2 + 0.5
        left = offsets[..., 0].numpy() * 20 + centers
        # What the network says is in units of 20 pixels.
        atol = 20 * room(network, strips[:, None], lambda found: found[1])
        np.testing.assert_allclose(boxes[..., 0], left, rtol=1e-6, atol=atol)


def test_the_digit_model_agrees_with_pytorch(trained_reader: Run, few: DataSet) -> None:
    model = load_model(trained_reader.folder / "digits.onnx")
    network = DigitNetwork()
    network.load_state_dict(load_file(trained_reader.folder / "digits.safetensors"))
    network.eval()
    images = few.test.images.astype(np.float32) / 255
    with torch.no_grad():
        expected = network(torch.from_numpy(images)[:, None])
    atol = room(network, images[:, None])
    np.testing.assert_allclose(model.logits(images), expected[:, :10].numpy(), rtol=0, atol=atol)
    np.testing.assert_allclose(model.judge(images), expected.softmax(1).numpy(), rtol=0, atol=atol)
    right = float((model.predict(images) == few.test.labels).mean())
    assert right == trained_reader.scores.test.accuracy


def test_the_sign_model_agrees_with_pytorch(trained_reader: Run) -> None:
    model = SignModel((trained_reader.folder / "signs.onnx").read_bytes())
    network = SignNetwork()
    network.load_state_dict(load_file(trained_reader.folder / "signs.safetensors"))
    network.eval()
    windows = np.random.default_rng(1).random((3, 2, 40, 40), np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(windows))
    atol = room(network, windows)
    np.testing.assert_allclose(model.logits(windows), expected.numpy(), rtol=0, atol=atol)
    assert model.card.classes == SIGNS
    np.testing.assert_allclose(model.predict(windows).sum(1), 1, rtol=1e-6)


def test_a_network_of_no_epochs_is_the_bundled_one_as_it_is(
    small_reader: ReaderRecipe, few: DataSet, trained_reader: Run, tmp_path: Path
) -> None:
    folder = with_scenes(trained_reader, tmp_path / "run")
    kept = ("ink", "digits", "lines")
    as_it_is = Course(epochs=0, batch_size=1, learning_rate=1, start="bundled")
    recipe = msgspec.structs.replace(small_reader, **dict.fromkeys(kept, as_it_is))
    run = train(recipe, few, run=folder, threads=1, observer=Silence())
    for name in kept:
        assert (folder / f"{name}.onnx").read_bytes() == bundled_file(name)
    assert [row.epoch for row in run.history] == [1]
    assert (run.scores.digits.count, run.scores.test) == (0, None)
    assert run.scores.signs == trained_reader.scores.signs
    signs = [(run.folder / "signs.safetensors").read_bytes() for run in (run, trained_reader)]
    assert signs[0] == signs[1]
    assert tenfold.Reader(folder, at_accuracy=0.9).read(SEVEN).text == "7"


def test_the_cards_say_how_they_came_to_be(trained_reader: Run) -> None:
    lines = LineModel((trained_reader.folder / "lines.onnx").read_bytes()).card
    digits = load_model(trained_reader.folder / "digits.onnx").card
    assert (lines.name, digits.name) == ("lines", "digits")
    assert lines.scores == trained_reader.scores.lines.to_dict()
    reached = trained_reader.scores
    test = {"accuracy": reached.test.accuracy, "count": reached.test.count}
    assert digits.scores == {**reached.digits.to_dict(), "test": test}
    assert lines.recipe["kind"] == "reader"
    assert lines.training["images"] == 200
    assert lines.training["calibration"]


@pytest.mark.parametrize("name", ["lines", "digits", "signs"])
def test_the_files_hold_nothing_that_only_training_needs(trained_reader: Run, name: str) -> None:
    graph = onnx.load(trained_reader.folder / f"{name}.onnx").graph
    kinds = {node.op_type for node in graph.node}
    assert kinds.isdisjoint({"Dropout", "Identity"})
    assert "Conv" in kinds


@pytest.mark.slow
@pytest.mark.usefixtures("unsaved")
def test_a_run_interrupted_after_every_epoch_ends_the_same(
    small_reader: ReaderRecipe, few: DataSet, trained_reader: Run, tmp_path: Path
) -> None:
    folder = with_scenes(trained_reader, tmp_path / "broken")
    with pytest.raises(KeyboardInterrupt):
        train(small_reader, few, run=folder, threads=1, observer=Interrupting())
    for _epoch in range(4):
        # What is in the caller's random state must not matter.
        torch.manual_seed(_epoch)
        with pytest.raises(KeyboardInterrupt):
            resume(folder, few, observer=Interrupting())
    run = resume(folder, few, observer=Silence())
    assert run.finished
    for name in CHECKPOINTS:
        assert (folder / name).read_bytes() == (trained_reader.folder / name).read_bytes()
    losses = [(row.epoch, row.loss, row.validation_loss) for row in run.history]
    expected = [(r.epoch, r.loss, r.validation_loss) for r in trained_reader.history]
    assert losses == expected


@pytest.mark.slow
@pytest.mark.usefixtures("unsaved")
def test_another_seed_gives_other_weights_and_again_forgets_the_scenes(
    small_reader: ReaderRecipe, few: DataSet, trained_reader: Run, tmp_path: Path
) -> None:
    folder = with_scenes(trained_reader, tmp_path / "run")
    before = (folder / "scenes" / "train-48-000.npz").read_bytes()
    listening = Listening()
    changes = {"lines.epochs": 1, "digits.epochs": 1, "signs": None}
    run = train(
        small_reader,
        few,
        run=folder,
        seed=1,
        again=True,
        test=False,
        threads=1,
        changes=changes,
        observer=listening,
    )
    assert (folder / "scenes" / "train-48-000.npz").read_bytes() != before
    assert run.scores.test is None
    assert [(plan.epochs, plan.done) for plan in listening.plans] == [(2, 0), (2, 1)]
    assert [row.epoch for row in listening.rows] == [1, 2]
    assert listening.ended == 2
    assert listening.steps >= 2


@pytest.mark.slow  # where the processor has no bf16
def test_bf16_trains_too(
    small_reader: ReaderRecipe,
    few: DataSet,
    trained_reader: Run,
    tmp_path: Path,
    unsaved: None,
) -> None:
    folder = with_scenes(trained_reader, tmp_path / "run")
    changes = {"lines.epochs": 1, "digits.epochs": 1}
    # Asked for, and so done on any processor; a recipe's wish is one only where it is fast.
    words = {"threads": 1, "precision": "bf16", "changes": changes}
    run = train(small_reader, few, run=folder, observer=Silence(), **words)
    assert run.plan.settings.precision == "bf16"
    assert run.history[0].loss != trained_reader.history[0].loss
    assert run.history[0].loss == pytest.approx(trained_reader.history[0].loss, rel=0.5)


@pytest.mark.slow
def test_a_loss_that_is_no_number_is_named(
    small_reader: ReaderRecipe, few: DataSet, trained_reader: Run, tmp_path: Path
) -> None:
    folder = with_scenes(trained_reader, tmp_path / "run")
    changes = {"lines.learning_rate": 1e30}
    with pytest.raises(TrainingError, match=r"network lines became nan .*lines\.learning_rate"):
        train(small_reader, few, run=folder, threads=1, changes=changes, observer=Silence())


def test_folds_and_too_few_images_are_refused(small_reader: ReaderRecipe, few: DataSet) -> None:
    with pytest.raises(InputError, match="not trained by folds"):
        train(small_reader, few, run="a", fold=Fold(0), observer=Silence())
    with pytest.raises(InputError, match="held_out 200 of 200 training images"):
        train(small_reader, few, run="a", subset=200, observer=Silence())
    assert not Run("a").started


def test_a_missing_package_gives_the_line_that_installs_it(
    small_reader: ReaderRecipe, few: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = ("fontpkg-of-no-family",)
    monkeypatch.setattr("tenfold.training.page_reader._job.PACKAGES", packages)
    with pytest.raises(MissingExtraError, match=r"tenfold\[train\]"):
        train(small_reader, few, run="a", observer=Silence())


@pytest.mark.slow
def test_a_checkpoint_of_another_network_is_refused(
    small_reader: ReaderRecipe, few: DataSet, trained_reader: Run, tmp_path: Path
) -> None:
    folder = with_scenes(trained_reader, tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        train(small_reader, few, run=folder, threads=1, observer=Interrupting())
    shutil.copy(trained_reader.folder / CHECKPOINTS[1], folder / CHECKPOINTS[0])
    with pytest.raises(RunError, match="of another network"):
        resume(folder, few, observer=Silence())
