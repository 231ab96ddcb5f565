"""Recipes trained as written with several seeds: how much of a score is chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from tenfold.data import load_dataset
from tenfold.errors import InputError
from tenfold.experiments._arguments import asked_recipes, chosen_recipes
from tenfold.experiments._crew import do_jobs, worker_count
from tenfold.experiments.engines import Outcome, choose_engine
from tenfold.experiments.jobs import Job
from tenfold.language import text as _
from tenfold.recipes import Recipe
from tenfold.records import RunScores, TrainingOptions, numbered_folder
from tenfold.records.asked import check_subset
from tenfold.records.command import ReproducePlan, command_line
from tenfold.records.experiment import ExperimentFolder
from tenfold.records.results import Data, SeededRecipe, Seeds, SeedScore, spread

__all__ = ["train_seeds"]

MOST = 1000


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
    check_subset(subset, len(loaded.train))
    about = Data(str(data), loaded.hash())
    place = ExperimentFolder(folder or numbered_folder(Path("runs"), "seeds"))
    plan = {
        "kind": "seeds",
        "data": msgspec.to_builtins(about),
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
        place.write_results(found)
    return found


def _jobs(
    recipes: Sequence[Recipe], count: int, data: Data, folder: Path, subset: int | None
) -> list[Job]:
    """All recipes of a seed before the next seed."""
    return [
        Job(
            name=_("{recipe}, seed {seed}", recipe=recipe.name, seed=seed),
            recipe=recipe,
            data=data.name,
            data_hash=data.sha256,
            folder=str(folder / recipe.name / f"seed-{seed}"),
            options=TrainingOptions(seed=seed, subset=subset, threads=1),
        )
        for seed in range(count)
        for recipe in recipes
    ]


def _scores(recipe: Recipe, outcomes: Sequence[Outcome]) -> SeededRecipe:
    scores = tuple(
        _score(outcome.job, outcome.scores)
        for outcome in outcomes
        if outcome.scores is not None and outcome.job.recipe.name == recipe.name
    )
    return SeededRecipe(
        recipe.name,
        recipe.claim,
        scores,
        spread([score.accuracy for score in scores]),
        spread([score.loss for score in scores]),
    )


def _score(job: Job, scores: RunScores) -> SeedScore:
    test, seconds = scores.test, scores.seconds
    assert test is not None
    assert seconds is not None
    run = f"{job.recipe.name}/seed-{job.options.seed}"
    return SeedScore(job.options.seed, test.accuracy, test.loss, seconds, run)
