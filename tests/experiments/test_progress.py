"""How much longer an experiment takes: what is told at each moment, without any training."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenfold.experiments._progress import _Clock, _left, _State, _summary
from tenfold.experiments.jobs import Job
from tenfold.recipes import load_recipe
from tenfold.records import EpochRow, TrainingOptions


def rows(count: int, seconds: float = 3.0) -> tuple[EpochRow, ...]:
    return tuple(
        EpochRow(epoch=at, step=at, loss=1, accuracy=0, seconds=seconds)
        for at in range(1, count + 1)
    )


def state(name: str, done: int, epochs: int = 1) -> _State:
    recipe = load_recipe("mlp-128").changed({"epochs": epochs})
    job = Job(
        name=name,
        recipe=recipe,
        data="d",
        data_hash="",
        folder=str(Path(name)),
        options=TrainingOptions(),
    )
    return _State(job, started=bool(done), rows=rows(done))


class Wall:
    """A clock on a wall that somebody else moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def clock(wall: Wall, total: int, workers: int = 1) -> _Clock:
    made = _Clock(wall)
    made.total, made.workers = total, workers
    return made


def test_what_is_no_epoch_counts_too() -> None:
    # A fold took 20 seconds, of which its one epoch took 3: so will the next.
    wall = Wall()
    told = clock(wall, total=2)
    first, second = state("a", 0), state("b", 0)
    told.meet(first)
    told.meet(second)
    assert told.left([first, second]) is None
    wall.now += 20
    told.learn(state("a", 1), ended=True)
    told.done = 1
    assert told.left([second]) == pytest.approx(20)
    # Its epoch is done, but it is not: seconds are left, not none.
    wall.now += 10
    told.learn(state("b", 1))
    assert told.left([state("b", 1)]) == pytest.approx(10)
    assert "0:10" in _summary(told, [state("b", 1)])


def test_the_last_job_has_one_worker_alone() -> None:
    wall = Wall()
    told = clock(wall, total=3, workers=2)
    jobs = [state(name, 0) for name in "abc"]
    for job in jobs:
        told.meet(job)
    wall.now += 20  # two at once
    for name in "ab":
        told.learn(state(name, 1), ended=True)
    told.done = 2
    assert told.left([jobs[2]]) == pytest.approx(20)


def test_epochs_done_before_count_neither_as_done_nor_as_left() -> None:
    wall = Wall()
    told = clock(wall, total=1)
    told.meet(state("a", 8, epochs=10))
    wall.now += 5
    told.learn(state("a", 9, epochs=10))
    assert told.left([state("a", 9, epochs=10)]) == pytest.approx(10)


def test_a_job_whose_epochs_are_done_is_being_scored() -> None:
    assert _left(state("a", 1, epochs=2), 3.0) == "0:03"
    assert _left(state("a", 2, epochs=2), 0.0) == "scoring"
    assert _left(state("a", 0), 0.0) == ""
