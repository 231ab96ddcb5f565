"""Sweeps: one recipe trained with many settings, and the best of them as a recipe."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from tenfold.data import DataSet, load_dataset
from tenfold.errors import InputError
from tenfold.experiments._arguments import (
    asked_recipes,
    check_folds,
    image_count,
    kept_options,
)
from tenfold.experiments._crew import do_jobs, worker_count
from tenfold.experiments._search import search as search_trials
from tenfold.experiments._space import Range, Space, apply, grid, parse_space
from tenfold.experiments._trials import Trials, settings_text
from tenfold.experiments.engines import EngineChoice, choose_engine
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.recipes import Named, Recipe, held_out, load_recipe
from tenfold.records import TrainingOptions, numbered_folder
from tenfold.records.asked import check_means, check_subset
from tenfold.records.command import SweepPlan, command_line
from tenfold.records.experiment import ExperimentFolder
from tenfold.records.results import Data, Folds, Sweep, Trial, Value

__all__ = ["sweep"]


def sweep(
    recipe: str | Path | Recipe,
    settings: Mapping[str, str | Range | Sequence[Value]],
    data: str | Path = "mnist",
    *,
    search: int | None = None,
    folds: int | None = None,
    validation: int | float | str | None = None,
    seed: int = 0,
    folder: str | Path | None = None,
    workers: int | None = None,
    changes: Mapping[str, object] | None = None,
    subset: int | None = None,
    device: str = "auto",
    precision: str | None = None,
    threads: int = 1,
    engine: str = "processes",
) -> Sweep:
    """Train a recipe with many settings, score each on images held out, and keep the best.

    The test images are not touched. The best becomes ``best.json`` in the folder, a recipe file.
    Called again with the same arguments and folder, it goes on where it stopped.

    Args:
        recipe: a name, the path of a recipe file, or a recipe.
        settings: what to vary: a field of the recipe, "conv_blocks" or "dense_layers" (how many
            further ones) -> values, or for a search a range.
        data: "mnist", or the path of a data set in any known format.
        search: let Optuna choose so many trials; by default all combinations are tried.
        folds: score each trial by its mean over so many folds; by default on one split.
        validation: how many of the last training images that split holds out, or what share of
            them, such as "10%" or 0.1; by default a sixth, 10,000 of MNIST's. A data set's own
            "valid" images go before.
        seed: of weights, order, dropout, and the search.
        folder: where to keep it; by default a new one under ``runs/``.
        workers: trainings at once, each in a process; by default one for each core, and as many
            as a cluster has room for.
        changes: fields of the recipe to set otherwise in every trial.
        subset: use only so many training images, from the first.
        device: "auto", "cpu", "cuda" or "mps".
        precision: "fp32" or "bf16"; by default the recipe's, where the device computes it
            without loss of time.
        threads: of the processor, for each training.
        engine: what does the trainings, as for ``crossval``. A search on a cluster needs folds.

    Raises:
        InputError: if an argument is not possible.
        RunError: if the folder holds something else, a process is at work in it, or the cluster
            is lost.
        MissingExtraError: if a search is asked for and Optuna is not installed, or Ray and it is
            not.
    """
    choice = choose_engine(engine)
    if search and folds is None:
        _check_near(choice)
    base = load_recipe(recipe).changed(changes or {})
    space = parse_space(settings)
    _check_space(base, space, search)
    check_means(device, precision, threads)
    loaded = load_dataset(data)
    check_subset(subset, len(loaded.train))
    about = Data(str(data), loaded.hash())
    options = TrainingOptions(
        seed=seed, subset=subset, test=False, device=device, precision=precision, threads=threads
    )
    place = ExperimentFolder(folder or numbered_folder(Path("runs"), "sweep"))
    split, cut = _split(loaded, subset, folds, validation)
    trials = Trials(
        recipe=msgspec.structs.replace(base, validation=split),
        folds=cut,
        folder=place.folder,
        data=about,
        options=options,
        storage=place.folder / "search.sqlite3" if search and cut is None else None,
    )
    held = None if validation is None else split
    plan = {
        "kind": "sweep",
        "recipe": base.to_dict(),
        "space": msgspec.to_builtins(space),
        "data": msgspec.to_builtins(about),
        "search": search,
        "folds": folds,
        "validation": held,
        "seed": seed,
        **kept_options(options, [base]),
    }
    settled = {name: getattr(base, name, value) for name, value in (changes or {}).items()}
    words = _words(recipe, settled)
    asked = SweepPlan(
        recipe=words.words[0],
        settings={name: _values(values) for name, values in space.items()},
        search=search,
        folds=folds,
        validation=None if held is None else str(held),
        seed=seed,
        data=str(data),
        epochs=_epochs(settled),
        subset=subset,
        device=device,
        precision=precision,
        threads=threads,
    )
    command = words.with_files(command_line(asked))
    with place.opened(plan, command):
        at_once = worker_count(workers, choice)
        return _do(place, base, trials, space, search, (at_once, choice), command)


def _do(
    place: ExperimentFolder,
    base: Recipe,
    trials: Trials,
    space: Space,
    search: int | None,
    engine: tuple[int | None, EngineChoice],
    command: str,
) -> Sweep:
    """Do the trials in the opened folder, and write what came of them."""
    if search is None:
        done, took = _all(trials, space, *engine)
    else:
        done, took = search_trials(trials, space, search, *engine)
    best = _best(done)
    found = Sweep(
        recipe=base.name,
        parameters=tuple(space),
        trials=tuple(done),
        best=best.number if best else None,
        seconds=place.seconds_in_all(took, engine[0]),
        command=command,
    )
    if best is not None:
        _write_best(place.folder, base, best)
    place.write_results(found)
    return found


def _all(
    trials: Trials, space: Space, workers: int | None, choice: EngineChoice
) -> tuple[list[Trial], float]:
    """Do every combination; return the trials, and the seconds it took."""
    settings = grid(space)
    jobs = [trials.jobs(number, one) for number, one in enumerate(settings)]
    outcomes, took = do_jobs([job for each in jobs for job in each], workers, choice)
    ended = {outcome.job.folder: outcome for outcome in outcomes}
    done = [
        trials.trial(number, settings[number], [ended[job.folder] for job in each])
        for number, each in enumerate(jobs)
    ]
    return done, took


def _check_near(choice: EngineChoice) -> None:
    """Refuse to stop trials early from afar: what they report goes to a file on this machine."""
    if choice.address is not None:
        raise InputError(
            _(
                "A search that stops trials early needs its trainings on this machine; received "
                "the cluster at {address}. Add --folds, which stops none, or search without the "
                "cluster.",
                address=choice.address,
            )
        )


def _check_space(base: Recipe, space: Space, search: int | None) -> None:
    """Refuse settings that the recipe does not admit, before any process begins."""
    if search is None:
        for settings in grid(space):
            apply(base, settings)
        return
    if search < 1:
        raise InputError(_("Received a search of {count}; expected at least 1.", count=search))
    # Values that are possible alone may still not go together; then that trial fails.
    for name, values in space.items():
        for value in (values.low, values.high) if isinstance(values, Range) else values:
            apply(base, {name: value})


def _split(
    data: DataSet, subset: int | None, folds: int | None, validation: int | float | str | None
) -> tuple[int, Folds | None]:
    """Return how many images are held out, and how they are cut into folds if they are."""
    count = image_count(data, subset)
    if folds is not None:
        if validation is not None:
            raise InputError(_("Received both folds and validation; expected one of them."))
        cut = Folds(folds)
        check_folds(data, cut, subset)
        return 0, cut
    held = max(1, count // 6) if validation is None else held_out(validation, count)
    if not isinstance(held, int) or not 1 <= held < count:
        raise InputError(
            _(
                "Received validation {held} of {count} training images; expected at least 1, "
                "and less than all.",
                held=held,
                count=count,
            )
        )
    return held, None


def _best(trials: Sequence[Trial]) -> Trial | None:
    """Return the finished trial of the highest accuracy, then the lowest loss."""
    finished = [trial for trial in trials if trial.state == "finished"]
    return max(finished, key=lambda t: (t.accuracy or 0.0, -(t.loss or 0.0)), default=None)


def _write_best(folder: Path, base: Recipe, best: Trial) -> None:
    """Write the best trial's recipe under a name of its own, watching what the recipe watched."""
    ending = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "sweep"
    recipe = msgspec.structs.replace(
        apply(base, best.settings),
        name=f"{base.name}-{ending}",
        title=f"{base.name}: {settings_text(best.settings)}",
        claim="",
        cost="",
    )
    encoded = msgspec.json.format(msgspec.json.encode(recipe), indent=2)
    write_whole(folder / "best.json", encoded + b"\n")


def _words(recipe: str | Path | Recipe, changes: Mapping[str, object]) -> Named:
    """How a command names the recipe: epochs have an option of their own, other changes none."""
    others = {name: value for name, value in changes.items() if name != "epochs"}
    return asked_recipes([recipe], others, settable=False)


def _epochs(changes: Mapping[str, object]) -> int | None:
    epochs = changes.get("epochs")
    return epochs if isinstance(epochs, int) else None


def _values(values: tuple[Value, ...] | Range) -> str:
    if isinstance(values, Range):
        return f"{values.low}..{values.high}"
    return ",".join(str(value) for value in values)
