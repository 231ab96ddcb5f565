"""What a job costs through each engine, beside what its training takes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
from _measure import ratio, spread, timed

from tenfold.data import load_dataset
from tenfold.experiments import Job
from tenfold.experiments.engines import Engine, choose_engine
from tenfold.processes import core_count
from tenfold.recipes import load_recipe
from tenfold.records import TrainingOptions

RECIPE = "cnn-baseline"
IMAGES = 6_000
ENGINES = ("processes", "ray")


def measure(
    rounds: int,
    count: int = 8,
    seconds: float = 10.0,
    data: str = "mnist",
    engines: Sequence[str] = ENGINES,
) -> list[dict[str, Any]]:
    """Return a row for each engine; the engines take turns, and the first is the measure.

    Args:
        rounds: how often each engine does all jobs.
        count: how many jobs in a round.
        seconds: how long a job's training is to take, about.
        data: a data set's name or path.
        engines: as ``--engine`` takes them.
    """
    epochs = _epochs(seconds, data)
    times: dict[str, list[dict[str, float]]] = {engine: [] for engine in engines}
    for number in range(rounds):
        # Who is first in a round is last in the next.
        for engine in engines if number % 2 == 0 else reversed(engines):
            times[engine].append(_once(engine, count, epochs, data))
    first = [each["a job"] for each in times[engines[0]]]
    return [
        {
            "engine": engine,
            "jobs": count,
            "at once": core_count(),
            "its training, s": spread([each["training"] for each in its]),
            "a job, s": spread([each["a job"] for each in its]),
            f"over {engines[0]}": ratio([each["a job"] for each in its], first),
            "start, s": spread([each["start"] for each in its]),
            "end, s": spread([each["end"] for each in its]),
        }
        for engine, its in times.items()
    ]


def _once(name: str, count: int, epochs: int, data: str) -> dict[str, float]:
    """Do all jobs once; a worker's first job, which loads PyTorch and the data, is its start."""
    workers = core_count()
    with tempfile.TemporaryDirectory() as place:
        warm = _jobs(Path(place, "warm"), workers, 1, data)
        jobs = _jobs(Path(place, "jobs"), count, epochs, data)
        with ExitStack() as stack:
            began = time.perf_counter()
            engine = choose_engine(name).open(workers, 1)
            stack.callback(engine.close)
            _do(engine, warm)
            start = time.perf_counter() - began
            took = timed(lambda: _do(engine, jobs))
            end = timed(stack.close)
        training = sum(job.run.scores.seconds for job in jobs) / count
    return {"start": start, "a job": took * workers / count, "training": training, "end": end}


def _epochs(seconds: float, data: str) -> int:
    """Return how many epochs take about ``seconds`` with all workers busy."""
    with tempfile.TemporaryDirectory() as place:
        jobs = _jobs(Path(place), core_count(), 3, data)
        engine = choose_engine("processes").open(core_count(), 1)
        try:
            _do(engine, jobs)
        finally:
            engine.close()
        last = [job.run.history[-1].seconds for job in jobs]
    return max(1, round(seconds * len(last) / sum(last)))


def _jobs(folder: Path, count: int, epochs: int, data: str) -> list[Job]:
    loaded = load_dataset(data)
    recipe = load_recipe(RECIPE).changed({"epochs": epochs})
    one = Job(
        name="job",
        recipe=recipe,
        data=data,
        data_hash=loaded.hash(),
        folder="",
    )
    images = min(IMAGES, len(loaded.train))
    return [
        msgspec.structs.replace(
            one,
            name=f"job {seed}",
            folder=str(folder / str(seed)),
            options=TrainingOptions(seed=seed, subset=images, test=False, threads=1),
        )
        for seed in range(count)
    ]


def _do(engine: Engine, jobs: Sequence[Job]) -> None:
    for job in jobs:
        engine.submit(job)
    ended = 0
    while ended < len(jobs):
        outcome = engine.result(1.0)
        if outcome is None or outcome.again:
            continue
        if outcome.scores is None:
            raise SystemExit(f"{outcome.job.name}: {outcome.error}")
        ended += 1
