"""Cross-validation: recipes scored on the same folds of the training images."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from tenfold.data import load_dataset
from tenfold.experiments._arguments import (
    asked_recipes,
    check_folds,
    chosen_recipes,
    kept_options,
)
from tenfold.experiments._crew import do_jobs, worker_count
from tenfold.experiments.comparison import compare_sets
from tenfold.experiments.engines import Outcome, choose_engine
from tenfold.experiments.jobs import Job
from tenfold.experiments.scores import fold_scores
from tenfold.recipes import Recipe
from tenfold.records import Fold, RunScores, TrainingOptions, numbered_folder
from tenfold.records.asked import check_means, check_subset
from tenfold.records.command import CrossvalPlan, command_line
from tenfold.records.experiment import ExperimentFolder
from tenfold.records.results import (
    CrossValidation,
    Data,
    Failure,
    Folds,
    FoldScore,
    RecipeScores,
    fold_name,
    spread,
)

__all__ = ["crossval"]


def crossval(
    recipes: Sequence[str | Path | Recipe],
    data: str | Path = "mnist",
    *,
    folds: int = 5,
    repeats: int = 1,
    stratified: bool = False,
    seed: int = 1,
    folder: str | Path | None = None,
    workers: int | None = None,
    changes: Mapping[str, object] | None = None,
    subset: int | None = None,
    device: str = "auto",
    precision: str | None = None,
    threads: int = 1,
    engine: str = "processes",
) -> CrossValidation:
    """Score recipes on the same folds of the training images, and compare them pairwise.

    The test images are not touched. Fold i of repeat r trains with seed ``r * folds + i``, for
    every recipe the same. Called again with the same arguments and folder, it goes on where it
    stopped, and takes what is finished as it is.

    Args:
        recipes: names, paths of recipe files, or recipes; no two of one name.
        data: "mnist", or the path of a data set in any known format.
        folds: how many; each is held out once and scored.
        repeats: how many times the images are cut anew.
        stratified: cut so that each fold holds each digit in the same share.
        seed: scikit-learn's ``random_state``; repeat r is cut with ``seed + r``.
        folder: where to keep it; by default a new one under ``runs/``.
        workers: trainings at once, each in a process; by default one for each core, and as many
            as a cluster has room for.
        changes: fields to set otherwise in every recipe, such as ``{"epochs": 3}``.
        subset: use only so many training images, from the first.
        device: "auto", "cpu", "cuda" or "mps".
        precision: "fp32" or "bf16"; by default the recipe's, where the device computes it
            without loss of time.
        threads: of the processor, for each training.
        engine: what does the trainings: "processes" on this machine, "ray", or the address of a
            Ray cluster, "ray://HOST:PORT" or "HOST:PORT".

    Raises:
        InputError: if an argument is not possible.
        RunError: if the folder holds something else, a process is at work in it, or the cluster
            is lost.
        MissingExtraError: if Ray is asked for and not installed.
    """
    choice = choose_engine(engine)
    chosen = chosen_recipes(recipes, changes or {})
    cut = Folds(folds, repeats, stratified, seed)
    check_means(device, precision, threads)
    loaded = load_dataset(data)
    check_subset(subset, len(loaded.train))
    check_folds(loaded, cut, subset)
    place = ExperimentFolder(folder or numbered_folder(Path("runs"), "crossval"))
    about = Data(str(data), loaded.hash())
    options = TrainingOptions(
        subset=subset, test=False, device=device, precision=precision, threads=threads
    )
    plan = {
        "kind": "crossval",
        "data": msgspec.to_builtins(about),
        "folds": msgspec.to_builtins(cut),
        "recipes": [recipe.to_dict() for recipe in chosen],
        **kept_options(options, chosen),
    }
    jobs = _jobs(chosen, cut, about, place.folder, options)
    words = asked_recipes(recipes, changes or {})
    command = words.with_files(
        command_line(
            CrossvalPlan(
                recipes=words.words,
                changes=words.changes,
                data=str(data),
                **msgspec.to_builtins(cut),
                subset=subset,
                device=device,
                precision=precision,
                threads=threads,
            )
        )
    )
    at_once = worker_count(workers, choice)
    with place.opened(plan, command):
        outcomes, took = do_jobs(jobs, at_once, choice)
        scores = tuple(_scores(recipe, outcomes, place.folder) for recipe in chosen)
        found = CrossValidation(
            data=about,
            folds=cut,
            recipes=scores,
            comparisons=compare_sets([fold_scores(one, cut, about.sha256) for one in scores]),
            failed=tuple(_failure(outcome) for outcome in outcomes if outcome.scores is None),
            seconds=place.seconds_in_all(took, at_once),
            command=command,
        )
        place.write_results(found)
    return found


def _jobs(
    recipes: Sequence[Recipe],
    cut: Folds,
    data: Data,
    folder: Path,
    options: TrainingOptions,
) -> list[Job]:
    """One job for each fold of each recipe; all recipes of a fold before the next fold."""
    jobs = []
    for repeat, index in itertools.product(range(cut.repeats), range(cut.folds)):
        fold = Fold(index, cut.folds, repeat, cut.seed, cut.stratified)
        where = f"repeat-{repeat}-fold-{index}" if cut.repeats > 1 else f"fold-{index}"
        for recipe in recipes:
            job = Job(
                name=fold_name(recipe.name, repeat, index),
                recipe=recipe,
                data=data.name,
                data_hash=data.sha256,
                folder=str(folder / recipe.name / where),
                options=replace(options, seed=repeat * cut.folds + index, fold=fold),
            )
            jobs.append(job)
    return jobs


def _scores(recipe: Recipe, outcomes: Sequence[Outcome], folder: Path) -> RecipeScores:
    scores = tuple(
        _fold_score(outcome.job, outcome.scores, folder)
        for outcome in outcomes
        if outcome.scores is not None and outcome.job.recipe.name == recipe.name
    )
    return RecipeScores(
        recipe.name,
        scores,
        spread([score.accuracy for score in scores]),
        spread([score.loss for score in scores if score.loss is not None]),
    )


def _fold_score(job: Job, scores: RunScores, folder: Path) -> FoldScore:
    reached, seconds = scores.validation, scores.seconds
    assert reached is not None
    assert seconds is not None
    index, repeat = _place(job)
    run = Path(job.folder).relative_to(folder).as_posix()
    return FoldScore(index, reached.accuracy, repeat, reached.loss, seconds, run)


def _failure(outcome: Outcome) -> Failure:
    index, repeat = _place(outcome.job)
    return Failure(outcome.job.recipe.name, index, repeat, outcome.error)


def _place(job: Job) -> tuple[int, int]:
    fold = job.options.fold
    assert fold is not None
    return fold.index, fold.repeat
