"""Finished experiments and runs, gathered for a comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tenfold.errors import InputError, RunError
from tenfold.experiments.comparison import ScoreSet, compare_sets
from tenfold.experiments.scores import fold_scores
from tenfold.language import text as _
from tenfold.records import Run
from tenfold.records.experiment import ExperimentFolder
from tenfold.records.results import Comparison, CrossValidation, Seeds

__all__ = ["compare", "gather"]


def compare(places: Sequence[str | Path]) -> tuple[Comparison, ...]:
    """Compare finished cross-validations and runs pairwise, recipe by recipe.

    Args:
        places: folders of cross-validations, of trainings with several seeds, of runs, or folders
            full of runs. Runs of the same
            recipe belong together, and differ by fold or by seed.

    Raises:
        InputError: if there are not two recipes, or their scores cannot be paired.
        RunError: if a folder holds nothing that is finished.
    """
    sets = gather(places)
    if len(sets) < 2:
        raise InputError(
            _(
                "Received the scores of {names} alone; expected at least two recipes.",
                names=", ".join(one.name for one in sets) or _("none"),
            )
        )
    for one in sets[1:]:
        _check_paired(sets[0], one)
    return compare_sets(sets)


def gather(places: Sequence[str | Path]) -> list[ScoreSet]:
    """Return the scores of every recipe in ``places``, in order, each under a name of its own."""
    found: list[tuple[str, ScoreSet]] = []
    runs: list[Run] = []
    for place in map(Path, places):
        if _is_seeds(place):
            runs += [
                run for each in sorted(place.glob("*/seed-0")) for run in _runs_in(each.parent)
            ]
        elif (place / "results.json").is_file():
            found += [(place.name, one) for one in _from_crossval(place)]
        else:
            runs += _runs_in(place)
    found += _from_runs(runs)
    names = Counter(one.name for _where, one in found)
    return [
        msgspec.structs.replace(one, name=f"{where}/{one.name}") if names[one.name] > 1 else one
        for where, one in found
    ]


def _is_seeds(place: Path) -> bool:
    folder = ExperimentFolder(place)
    return folder.finished and isinstance(folder.results, Seeds)


def _from_crossval(place: Path) -> list[ScoreSet]:
    folder = ExperimentFolder(place)
    found = folder.results
    if not isinstance(found, CrossValidation) or (cut := found.folds) is None:
        raise InputError(
            _(
                "{folder} holds a {kind}, which cannot be compared; expected a cross-validation "
                "or runs.",
                folder=place,
                kind=found.to_dict()["kind"],
            )
        )
    return [fold_scores(one, cut, found.data.sha256, folder.subset) for one in found.recipes]


def _runs_in(place: Path) -> list[Run]:
    """The run in a folder, or the runs in its folders."""
    if Run(place).started:
        return [Run(place)]
    within = sorted(path.parent for path in place.glob("*/run.json"))
    if not within:
        raise RunError(_("{folder} holds no finished cross-validation and no run.", folder=place))
    return [Run(folder) for folder in within]


def _from_runs(runs: Sequence[Run]) -> list[tuple[str, ScoreSet]]:
    """Put the runs of one recipe together; the name of the first one's folder tells sets apart."""
    groups: dict[bytes, list[Run]] = {}
    for run in runs:
        recipe = msgspec.json.encode(run.plan.recipe)
        group = groups.setdefault(recipe, [])
        if all(run.folder.resolve() != other.folder.resolve() for other in group):
            group.append(run)
    return [(group[0].folder.name, _set_of(group)) for group in groups.values()]


def _set_of(runs: Sequence[Run]) -> ScoreSet:
    scores: dict[tuple[object, ...], float] = {}
    shares = set()
    for run in runs:
        key, share, accuracy = _score_of(run)
        if key in scores:
            raise InputError(
                _(
                    "{folder} scores the same recipe on the same images with the same seed as "
                    "another run; expected each once.",
                    folder=run.folder,
                )
            )
        scores[key] = accuracy
        shares.add(share)
    if len(shares) > 1:
        raise InputError(
            _(
                "The runs beside {folder} were not scored in the same way; expected folds of one "
                "number, or no folds.",
                folder=runs[0].folder,
            )
        )
    share = shares.pop()
    name = runs[0].plan.recipe.name
    return ScoreSet(name, scores, share or 0.0, seeds=share is None)


def _score_of(run: Run) -> tuple[tuple[object, ...], float | None, float]:
    """What a run was scored on, n_test / n_train if that was a fold, and its accuracy."""
    plan, scores = run.plan, run.scores
    settings, fold = plan.settings, plan.settings.fold
    images = (settings.data_hash, settings.subset)
    if fold and scores.validation:
        cut = (fold.folds, fold.stratified, fold.seed + fold.repeat)
        return (*images, *cut, fold.index), 1 / (fold.folds - 1), scores.validation.accuracy
    if fold or scores.best is None:
        raise RunError(_("The run in {folder} has no scores to compare.", folder=run.folder))
    split = "test" if scores.test else "validation"
    held = None if scores.test else plan.network.validation
    return (*images, split, held, settings.seed), None, scores.best.accuracy


def _check_paired(first: ScoreSet, second: ScoreSet) -> None:
    """Refuse scores that were not measured on the same folds, or with the same seeds."""
    alone = first.scores.keys() ^ second.scores.keys()
    if alone:
        raise InputError(
            _(
                "The scores of {first} and {second} are not paired: {alone} of them have no "
                "partner. Compare the same folds of the same images, or the same seeds.",
                first=first.name,
                second=second.name,
                alone=len(alone),
            )
        )
    if len(first.scores) < 2:
        raise InputError(
            _(
                "{first} and {second} have one score each, which tells nothing about chance. "
                "Train more seeds, or cross-validate.",
                first=first.name,
                second=second.name,
            )
        )
