"""What own pictures teach the reader, and the training that it goes into."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from tenfold import Reader, adapt
from tenfold.data import DataSet
from tenfold.data.texts import PictureText
from tenfold.errors import InputError, RunError
from tenfold.records import Run
from tenfold.training import Silence, resume
from tenfold.training.page_reader import Examples, _job, learn_from
from tenfold.training.page_reader._pools import Strips

SMALL = {
    "held_out": 200,
    "held_scenes": 20,
    "plain_copies": 1,
    "lines.epochs": 1,
    "digits.epochs": 1,
    **{f"scenes.{at}.count": 20 for at in range(6)},
}


def written(folder: Path, text: str, name: str = "a.png") -> PictureText:
    picture = np.full((60, 40 * len(text) + 40), 235, np.uint8)
    cv2.putText(picture, text, (16, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 30, 3, cv2.LINE_AA)
    assert cv2.imwrite(str(folder / name), picture)
    return PictureText(folder / name, (text,) if text else ())


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture
def examples(reader: Reader, tmp_path: Path) -> Examples:
    pictures = [written(tmp_path, "472", "a.png"), written(tmp_path, "30", "b.png")]
    return learn_from(reader, pictures, "mine")


def test_strips_say_the_text_where_it_stands(examples: Examples) -> None:
    assert examples.pictures == 2
    texts = {
        tuple(row[row >= 0].tolist()) for part in examples.strips.values() for row in part.labels
    }
    assert texts == {(4, 7, 2), (3, 0)}
    for width, part in examples.strips.items():
        assert part.strips.shape[1:] == (40, width)
        for strip, labels, boxes in zip(part.strips, part.labels, part.boxes, strict=True):
            for left, top, right, bottom in np.rint(boxes[labels >= 0]).astype(int):
                assert strip[max(0, top) : bottom, max(0, left) : right].max() > 128


def test_each_digit_is_placed_and_labeled(examples: Examples) -> None:
    assert examples.placed.shape[1:] == (28, 28)
    assert sorted(set(examples.classes.tolist())) == [0, 2, 3, 4, 7]
    assert examples.placed.max(axis=(1, 2)).min() > 128


def test_what_is_told_wins_over_what_would_be_read(reader: Reader, tmp_path: Path) -> None:
    wrong = PictureText(written(tmp_path, "472").path, ("471",))
    found = learn_from(reader, [wrong], "mine")
    assert 1 in found.classes or not found.pictures


def test_marks_where_no_digit_is_are_none(reader: Reader, tmp_path: Path) -> None:
    nothing = PictureText(written(tmp_path, "8").path, ())
    found = learn_from(reader, [nothing], "mine")
    assert found.classes.tolist() == [10]
    assert all((part.labels == -1).all() for part in found.strips.values())


def test_what_does_not_fit_the_picture_teaches_nothing(reader: Reader, tmp_path: Path) -> None:
    path = written(tmp_path, "472").path
    (tmp_path / "broken.png").write_bytes(b"no picture")
    pictures = [
        PictureText(path, ("47", "2")),
        PictureText(tmp_path / "broken.png", ("1",)),
        PictureText(tmp_path / "none.png", ("1",)),
    ]
    assert learn_from(reader, pictures, "mine").pictures == 0


def test_they_are_kept_in_the_run_and_damage_is_told(examples: Examples, tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    run.folder.mkdir()
    examples.keep(run)
    again = Examples.kept(run, examples.part)
    assert again is not None
    assert again.hash() == examples.hash()
    assert Examples.kept(run, None) is None
    path = run.folder / "examples.npz"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(RunError, match="damaged"):
        Examples.kept(run, examples.part)
    learned = Examples(examples.strips, examples.placed[1:], examples.classes[1:], 2, "mine")
    learned.keep(run)
    with pytest.raises(RunError, match="does not hold"):
        Examples.kept(run, examples.part)


def test_among_scenes_they_are_a_quarter(examples: Examples) -> None:
    scenes = Strips(
        np.zeros((400, 40, 64), np.uint8),
        np.full((400, 16), -1, np.int8),
        np.zeros((400, 16, 4), np.float32),
    )
    own = sum(map(len, examples.strips.values()))
    mixed = examples.among({64: scenes})
    assert sum(map(len, mixed.values())) == 400 + own * round(100 / own)
    placed = examples.beside((np.zeros((400, 28, 28), np.uint8), np.zeros(400, np.uint8)))
    assert abs(len(placed[1]) - 500) <= len(examples.classes)


def test_a_folder_that_teaches_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="surely enough"):
        adapt(tmp_path, run=tmp_path / "run")
    written(tmp_path, "472")
    (tmp_path / "labels.csv").write_text("path,text\na.png,4/7/2\n", encoding="utf-8")
    with pytest.raises(InputError, match="none shows"):
        adapt(tmp_path, run=tmp_path / "run")


@pytest.mark.slow
@pytest.mark.parametrize("told", [True, False])
def test_adapting_ends_in_networks_that_read(
    tmp_path: Path, few: DataSet, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.setattr(_job, "calibrate", partial(_job.calibrate, count=100))
    folder = tmp_path / "mine"
    folder.mkdir()
    picture = written(folder, "472")
    if told:
        (folder / "labels.csv").write_text("path,text\na.png,472\n", encoding="utf-8")
    run = adapt(
        folder,
        data=few,
        run=tmp_path / "run",
        changes=SMALL,
        sure=0.5,
        threads=1,
        observer=Silence(),
    )
    assert run.plan.settings.examples is not None
    assert run.plan.settings.examples.count == 1
    assert Reader(run.folder).read(picture.path).text == "472"
    assert resume(run.folder, few).finished


@pytest.mark.slow
def test_corrections_teach_the_digit_network(
    tmp_path: Path, few: DataSet, drawn: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenfold.data import save

    monkeypatch.setattr(_job, "calibrate", partial(_job.calibrate, count=100))
    save(DataSet("mine", {"train": drawn.train[400:420]}), tmp_path / "mine.npz")
    run = adapt(
        tmp_path / "mine.npz",
        data=few,
        run=tmp_path / "run",
        changes=SMALL,
        threads=1,
        observer=Silence(),
    )
    assert [part.count for part in run.plan.settings.added] == [20]
    assert Reader(run.folder).model.card.training["added"]
