"""What the ink network is taught, and that the file it becomes says the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tenfold.data import DataSet
from tenfold.models import DIGITS, Card, InkModel, Probe
from tenfold.networks.reader import InkNetwork
from tenfold.networks.reader_export import ink_probe, save_ink
from tenfold.recipes import Course
from tenfold.scenes import Glyphs, load_glyphs
from tenfold.training.page_reader import _ink
from tenfold.training.page_reader._ink import InkTask

COURSE = Course(epochs=1, batch_size=4096, learning_rate=3e-3)


@pytest.fixture(scope="module")
def glyphs(drawn: DataSet) -> Glyphs:
    return load_glyphs(drawn.train.images[:60], drawn.train.labels[:60])


@pytest.fixture
def task(glyphs: Glyphs, monkeypatch: pytest.MonkeyPatch) -> InkTask:
    monkeypatch.setattr(_ink, "SHAPES", ((32, 32), (32, 48)))
    monkeypatch.setattr(_ink, "HELD_STEPS", 4)
    torch.manual_seed(0)
    return InkTask(
        glyphs, glyphs, COURSE, steps=6, seed=1, device="cpu", precision="fp32", workers=0
    )


def learned(task: InkTask, epochs: int) -> float:
    """The loss after some epochs on sheets that are new each time."""
    optimizer = torch.optim.AdamW(task.network.parameters(), lr=3e-3)
    task.network.train()
    for epoch in range(epochs):
        for outcome in task.outcomes(epoch + 1):
            outcome.loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    return task.evaluate()[0]


@pytest.mark.slow
def test_it_learns(task: InkTask) -> None:
    before, _f1 = task.evaluate()
    assert learned(task, 4) < before


def test_an_epoch_follows_from_seed_and_number_alone(task: InkTask) -> None:
    first, again, other = (
        [float(outcome.loss.detach()) for outcome in task.outcomes(epoch)] for epoch in (1, 1, 2)
    )
    assert first == again != other
    assert sum(outcome.count for outcome in task.outcomes(1)) == task.images


def test_scores_are_shares_of_held_out_sheets(task: InkTask) -> None:
    scores = task.scores()
    assert scores.count == 12
    assert scores.digits is not None
    assert 0 <= scores.digits <= 1


def test_what_is_beyond_a_smaller_sheet_does_not_count() -> None:
    logits, wanted = torch.randn(1, 2, 16, 16), torch.rand(1, 2, 16, 16).round()
    where = torch.ones(1, 1, 16, 16)
    where[..., 9:] = 0
    changed = logits.clone()
    changed[..., 9:] += 5
    wanted[..., 9:] = 0
    torch.testing.assert_close(
        _ink._loss(logits, wanted, where), _ink._loss(changed, wanted, where)
    )
    assert (_ink._shared(logits, wanted, where) == _ink._shared(changed, wanted, where)).all()


def test_the_model_agrees_with_pytorch_at_any_size(tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = InkNetwork().eval()
    card = Card(
        name="ink",
        classes=DIGITS,
        placement={},
        scaling={},
        recipe={},
        training={},
        data={},
        scores={},
        versions={},
        license="MIT",
        probe=Probe(ink_probe(network)),
    )
    model = save_ink(tmp_path / "ink.onnx", network, card)
    for size in ((1, 1), (28, 28), (33, 70)):
        planes = model.predict(np.random.default_rng(size).random(size, np.float32))
        assert (planes.shape, planes.dtype) == ((2, *size), np.float32)
        assert 0 <= planes.min() <= planes.max() <= 1
    assert isinstance(InkModel((tmp_path / "ink.onnx").read_bytes()).card, Card)


def test_brightness_and_contrast_do_not_matter() -> None:
    torch.manual_seed(3)
    network = InkNetwork().eval()
    gray = torch.rand(1, 1, 32, 32)
    with torch.no_grad():
        bright, dim = network(gray), network(gray * 0.6 + 0.2)
    # The floor under the deviation is all that lets a paler picture look paler.
    assert float((bright - dim).abs().mean()) < 0.1 * float((bright - bright.mean()).abs().mean())
