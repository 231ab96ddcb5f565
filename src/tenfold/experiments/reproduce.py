"""The experiments of the four tutorials, run as published: claims beside findings."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec

from tenfold.data import DataSet, load_dataset
from tenfold.errors import RunError
from tenfold.experiments._crew import do_jobs, worker_count
from tenfold.experiments.crossval import crossval
from tenfold.experiments.engines import choose_engine
from tenfold.experiments.jobs import Job
from tenfold.metrics import wilson_interval
from tenfold.recipes import load_recipe
from tenfold.records import RunScores, TrainingOptions
from tenfold.records.asked import check_subset
from tenfold.records.command import ReproducePlan, command_line
from tenfold.records.experiment import ExperimentFolder
from tenfold.records.results import Data, Finding, RecipeScores, Reproduction

__all__ = ["CLAIMS", "Claim", "reproduce"]

HARNESS = ("cnn-baseline", "cnn-batchnorm", "cnn-deep")
FINAL = ("cnn-deep", "mlp-512", "mlp-256", "mlp-128", "mlp-sigmoid")


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a text says that a system reaches.

    Args:
        key: names the measurement that answers it.
        source: the text.
        published: in the text's own terms.
        low: the least accuracy that agrees with it, in [0, 1].
        high: the greatest.
    """

    key: str
    source: str
    published: str
    low: float
    high: float = 1.0


def _folds(name: str, mean: float, deviation: float) -> Claim:
    """A mean over folds agrees within two of the text's own standard deviations."""
    return Claim(
        key=f"folds {name}",
        source="001",
        published=f"{mean:.3f} ± {deviation:.3f} (n=5)",
        low=(mean - 2 * deviation) / 100,
        high=(mean + 2 * deviation) / 100,
    )


FINAL_INTERVAL = wilson_interval(9909, 10_000)
"""95 % interval of text 001's one final model, 99.090 % of 10,000 images."""

CLAIMS = (
    _folds("cnn-baseline", 98.677, 0.107),
    _folds("cnn-batchnorm", 98.643, 0.101),
    _folds("cnn-deep", 99.062, 0.104),
    Claim(
        key="cnn-deep",
        source="001",
        published="99.090",
        low=FINAL_INTERVAL[0],
        high=FINAL_INTERVAL[1],
    ),
    Claim(key="a 7", source="001", published="7", low=1.0),
    Claim(key="mlp-512", source="000", published="> 98", low=0.98),
    Claim(key="mlp-256", source="000", published="> 98", low=0.98),
    Claim(key="mlp-128", source="002", published="≈ 98", low=0.97, high=0.99),
    Claim(key="mlp-sigmoid", source="004", published="≈ 93", low=0.92, high=0.94),
    Claim(key="mlp-sigmoid normalize", source="004", published="", low=0.0),
)


def reproduce(
    folder: str | Path = "runs/reproduction",
    data: str | Path = "mnist",
    *,
    workers: int | None = None,
    epochs: int | None = None,
    subset: int | None = None,
    engine: str = "processes",
) -> Reproduction:
    """Run what the texts ran, and return and keep the findings.

    Called again it goes on where it stopped. ``epochs`` and ``subset`` make a quick trial of the
    machinery; the findings then say nothing about the texts. ``engine`` does the trainings, as
    for ``crossval``.

    Raises:
        InputError: if an argument is not possible.
        RunError: if the folder holds another experiment, a training failed, or the cluster is
            lost.
        MissingExtraError: if Ray is asked for and not installed.
    """
    choice = choose_engine(engine)
    place = ExperimentFolder(folder)
    loaded = load_dataset(data)
    check_subset(subset, len(loaded.train))
    plan = {"kind": "reproduction", "data": loaded.hash(), "epochs": epochs, "subset": subset}
    asked = ReproducePlan(data=str(data), epochs=epochs, subset=subset)
    with place.opened(plan, command_line(asked)):
        changes = {} if epochs is None else {"epochs": epochs}
        found = crossval(
            HARNESS,
            data,
            folder=place.folder / "crossval",
            workers=workers,
            changes=changes,
            subset=subset,
            engine=engine,
        )
        if found.failed:
            raise RunError(found.failed[0].error)
        findings = [_over_folds(one) for one in found.recipes]
        jobs = _jobs(place.folder, str(data), loaded, epochs, subset)
        outcomes, _took = do_jobs(jobs, worker_count(workers, choice), choice)
        for outcome in outcomes:
            if outcome.scores is None:
                raise RunError(outcome.error)
            findings.append(_of_one(outcome.job, outcome.scores, place))
        findings.append(_a_seven(place, loaded))
        results = Reproduction(
            data=Data(str(data), loaded.hash()),
            findings={one.key: one for one in findings},
            crossval_seconds=found.seconds or 0.0,
            comparisons=found.comparisons,
        )
        place.write_results(results)
    return results


def _jobs(
    folder: Path, data: str, loaded: DataSet, epochs: int | None, subset: int | None
) -> list[Job]:
    """The trainings on all training images, scored on the test images."""
    changes: dict[str, object] = {} if epochs is None else {"epochs": epochs}
    recipes = {name: load_recipe(name).changed(changes) for name in FINAL}
    if subset is not None:
        recipes["mlp-256"] = recipes["mlp-256"].changed({"validation": subset // 6})
    normalized = recipes["mlp-sigmoid"].changed({"scaling": "normalize"})
    recipes["mlp-sigmoid normalize"] = normalized
    return [
        Job(
            name=key,
            recipe=recipe,
            data=data,
            data_hash=loaded.hash(),
            folder=str(folder / key.replace(" ", "-")),
            options=TrainingOptions(subset=subset, threads=1),
        )
        for key, recipe in recipes.items()
    ]


def _over_folds(scores: RecipeScores) -> Finding:
    reached = scores.accuracy
    assert reached is not None
    assert reached.sd is not None
    half = _student(reached.n) * reached.sd / math.sqrt(reached.n)
    return _finding(
        f"folds {scores.name}",
        accuracy=reached.mean,
        interval=(reached.mean - half, reached.mean + half),
        deviation=reached.sd,
        count=reached.n,
        seconds=sum(score.seconds or 0.0 for score in scores.scores),
        runs=tuple(f"crossval/{score.run}" for score in scores.scores),
    )


def _student(count: int) -> float:
    """The 97.5 % point of Student's t for a mean of ``count`` values."""
    from scipy import stats

    return float(stats.t.ppf(0.975, count - 1))


def _of_one(job: Job, scores: RunScores, place: ExperimentFolder) -> Finding:
    test, seconds = scores.test, scores.seconds
    assert test is not None
    assert test.interval is not None
    assert test.count is not None
    assert seconds is not None
    return _finding(
        job.name,
        accuracy=test.accuracy,
        interval=test.interval,
        deviation=None,
        count=test.count,
        seconds=seconds,
        runs=(str(Path(job.folder).relative_to(place.folder)),),
    )


def _a_seven(place: ExperimentFolder, data: DataSet) -> Finding:
    """Use the saved model on one picture of a 7, as text 001 does at its end."""
    import io

    from PIL import Image

    from tenfold.files import write_whole
    from tenfold.reader import Reader

    images, labels = data.test
    image = images[labels == 7][0]
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    picture = place.folder / "sample_image.png"
    write_whole(picture, buffer.getvalue())
    reading = Reader(place.folder / "cnn-deep" / "model.onnx").read(picture)
    right = int(reading.text == "7")
    return _finding(
        "a 7",
        accuracy=float(right),
        interval=wilson_interval(right, 1),
        deviation=None,
        count=1,
        seconds=0.0,
        runs=("cnn-deep",),
    )


def _finding(key: str, *, accuracy: float, **rest: Any) -> Finding:
    claim = next(one for one in CLAIMS if one.key == key)
    agrees = claim.low <= accuracy <= claim.high
    return Finding(key=key, accuracy=accuracy, agrees=agrees, **rest)
