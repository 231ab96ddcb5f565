"""Recipes trained as written with several seeds: how much of a score is chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tenfold.data import load_dataset
from tenfold.errors import InputError
from tenfold.experiments._arguments import asked_recipes, check_images, chosen_recipes
from tenfold.experiments._crew import do_jobs, worker_count
from tenfold.experiments._folder import ExperimentFolder
from tenfold.experiments.engines import Outcome, choose_engine
from tenfold.experiments.jobs import Job
from tenfold.experiments.scores import Spread, spread
from tenfold.language import text as _
from tenfold.recipes import Recipe
from tenfold.records import numbered_folder
from tenfold.records.command import ReproducePlan, command_line

__all__ = ["SeedScore", "SeededRecipe", "Seeds", "train_seeds"]

MOST = 1000


class SeedScore(msgspec.Struct, frozen=True):
    """What one training reached on the test images; ``run`` is its folder's name."""

    seed: int
    accuracy: float
    loss: float
    seconds: float
    run: str


class SeededRecipe(msgspec.Struct, frozen=True):
    """One recipe's test scores, seed by seed and together, beside what its source claims."""

    name: str
    claim: str
    scores: tuple[SeedScore, ...]
    accuracy: Spread | None
    loss: Spread | None


class Seeds(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="seeds"):
    """What trainings with several seeds found; ``results.json`` holds the same.

    Args:
        data: the data set's "name" and "sha256".
        recipes: scores by recipe, in the order given.
        failed: the name of each training without a score -> why.
        seconds: wall-clock time.
    """

    data: dict[str, str]
    recipes: tuple[SeededRecipe, ...]
    failed: dict[str, str]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the results as plain JSON data."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def train_seeds(
    recipes: Sequence[str | Path | Recipe],
    data: str | Path = "mnist",
    *,
    count: int = 3,
    folder: str | Path | None = None,
    workers: int | None = None,
    epochs: int | None = None,
    subset: int | None = None,
    engine: str = "processes",
) -> Seeds:
    """Train each recipe as written with seeds 0 to ``count - 1``, and score the test images.

    Called again with the same arguments and folder, it goes on where it stopped.

    Args:
        recipes: names, paths of recipe files, or recipes; no two of one name.
        data: "mnist", or the path of a data set in any known format.
        count: how many seeds, 1 to 1000.
        folder: where to keep it; by default a new one under ``runs/``.
        workers: trainings at once; by default one for each core, and as many as a cluster has
            room for.
        epochs: instead of the recipe's.
        subset: use only so many training images, from the first.
        engine: what does the trainings, as for ``crossval``.

    Raises:
        InputError: if an argument is not possible.
        RunError: if the folder holds something else, a process is at work in it, or the cluster
            is lost.
        MissingExtraError: if Ray is asked for and not installed.
    """
    choice = choose_engine(engine)
    if not 1 <= count <= MOST:
        raise InputError(_("Received {count} seeds; expected 1 to {most}.", count=count, most=MOST))
    changes: dict[str, object] = {} if epochs is None else {"epochs": epochs}
    chosen = chosen_recipes(recipes, changes)
    loaded = load_dataset(data)
    check_images(loaded, subset, 1)
    about = {"name": str(data), "sha256": loaded.hash()}
    place = ExperimentFolder(folder or numbered_folder(Path("runs"), "seeds"))
    plan = {
        "kind": "seeds",
        "data": about,
        "count": count,
        "subset": subset,
        "recipes": [recipe.to_dict() for recipe in chosen],
    }
    words = asked_recipes(recipes, {}, settable=False)
    asked = ReproducePlan(
        recipes=words.words, seeds=count, data=str(data), epochs=epochs, subset=subset
    )
    at_once = worker_count(workers, choice)
    with place.opened(plan, words.with_files(command_line(asked))):
        jobs = _jobs(chosen, count, about, place.folder, subset)
        outcomes, took = do_jobs(jobs, at_once, choice)
        found = Seeds(
            data=about,
            recipes=tuple(_scores(recipe, outcomes) for recipe in chosen),
            failed={one.job.name: one.error for one in outcomes if one.scores is None},
            seconds=place.seconds_in_all(took, at_once),
        )
        place.write_results(found.to_dict())
    return found


def _jobs(
    recipes: Sequence[Recipe], count: int, data: dict[str, str], folder: Path, subset: int | None
) -> list[Job]:
    """All recipes of a seed before the next seed."""
    return [
        Job(
            name=_("{recipe}, seed {seed}", recipe=recipe.name, seed=seed),
            recipe=recipe.to_dict(),
            data=data["name"],
            data_hash=data["sha256"],
            folder=str(folder / recipe.name / f"seed-{seed}"),
            seed=seed,
            subset=subset,
            test=True,
        )
        for seed in range(count)
        for recipe in recipes
    ]


def _scores(recipe: Recipe, outcomes: Sequence[Outcome]) -> SeededRecipe:
    scores = tuple(
        _score(outcome.job, outcome.scores)
        for outcome in outcomes
        if outcome.scores is not None and outcome.job.recipe["name"] == recipe.name
    )
    return SeededRecipe(
        recipe.name,
        recipe.claim,
        scores,
        spread([score.accuracy for score in scores]),
        spread([score.loss for score in scores]),
    )


def _score(job: Job, scores: dict[str, Any]) -> SeedScore:
    test = scores["test"]
    run = f"{job.recipe['name']}/seed-{job.seed}"
    return SeedScore(job.seed, test["accuracy"], test["loss"], scores["seconds"], run)
