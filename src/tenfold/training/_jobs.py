"""From recipe and data to a finished run folder, begun or gone on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tenfold.data import DataSet, load_dataset
from tenfold.errors import InputError, RunError
from tenfold.language import text as _
from tenfold.recipes import (
    AnyRecipe,
    Recipe,
    counted,
    load_any_recipe,
    settled_recipe,
)
from tenfold.records import (
    Fold,
    Plan,
    Run,
    Settings,
    TrainingOptions,
    describe_environment,
    numbered_folder,
)
from tenfold.training._initial_weights import Beginning, open_start
from tenfold.training._job import TrainingJob
from tenfold.training.additions import Source, gather, keep_added, kept_added, source_name
from tenfold.training.devices import choose_device
from tenfold.training.distributed import ALONE, Group
from tenfold.training.page_reader import Examples, Own, ReaderJob
from tenfold.training.progress import Observer, observer_for_screen
from tenfold.training.settings import regrouped, resolve_settings

__all__ = ["Request", "begin", "resume", "train"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """A training as it is asked for: ``train`` says what each field is.

    Args:
        recipe: what is trained.
        data: what on.
        changes: of the recipe.
        start_from: the model to begin with; None for random weights.
        add: data sets whose training images are added.
        add_copies: how often each added image is trained on in an epoch; None for the usual.
        examples: what own pictures teach the reader; None for nothing.
        options: what else decides it.
    """

    recipe: str | Path | AnyRecipe
    data: Source = "mnist"
    changes: Mapping[str, object] = field(default_factory=dict)
    start_from: str | Path | None = None
    add: Source | Sequence[Source] = ()
    add_copies: int | None = None
    examples: Examples | None = None
    options: TrainingOptions = field(default_factory=TrainingOptions)


def train(
    recipe: str | Path | AnyRecipe,
    data: str | Path | DataSet = "mnist",
    *,
    run: str | Path | None = None,
    again: bool = False,
    seed: int = 0,
    changes: Mapping[str, object] | None = None,
    subset: int | None = None,
    fold: Fold | None = None,
    test: bool = True,
    start_from: str | Path | None = None,
    add: Source | Sequence[Source] = (),
    add_copies: int | None = None,
    device: str = "auto",
    precision: str | None = None,
    threads: int | None = None,
    observer: Observer | None = None,
    group: Group = ALONE,
) -> Run:
    """Train a recipe and return its finished run.

    The same recipe, data, seed and settings on the same machine give the same weights, bit for
    bit. An interrupted run goes on with ``resume``.

    Args:
        recipe: a name, the path of a recipe file, or a recipe.
        data: "mnist", the path of a data set in any known format, or a data set.
        run: the run's folder; by default a new one under ``runs/``.
        again: start over if the folder already holds a run; else that is an error.
        seed: any integer of at least 0.
        changes: fields of the recipe to set otherwise, such as ``{"learning_rate": 0.001}``;
            "validation" may also be a share of the training images, such as "10%" or 0.1.
        subset: use only so many training images, from the first.
        fold: hold this fold of the training images out, and leave the test images alone.
        test: whether to score the test images at the end; a choice between runs is made without.
        start_from: a model to begin with instead of random weights: a bundled model's name, a
            model file, or the folder of a finished run, of the same network. Unless ``changes``
            say otherwise, a tenth of the recipe's epochs are then trained at a tenth of its
            learning rate.
        add: data sets whose training images are added, such as "corrections".
        add_copies: how often each added image is trained on in an epoch; by default as often as
            makes them a twentieth of the training images, at most 50 times.
        device: "auto", "cpu", "cuda" or "mps".
        precision: "fp32" or "bf16"; by default the recipe's, where the device computes it
            without loss of time.
        threads: how many of the processor's threads to use; by default PyTorch's choice, or each
            process's share of the cores.
        observer: sees training go by; by default a progress bar or plain lines on stderr.
        group: the processes that train together, as ``joined`` gives it; this is the first of
            them, and the others ``follow``.

    Raises:
        InputError: if an argument is not possible.
        ModelError: if the model to start from is damaged or of another recipe.
        RunError: if the folder holds a run already, or another process is at work in it.
        TrainingError: if the loss is no longer a number.
        StorageError: if a file cannot be written; the last checkpoint stays whole.
    """
    request = Request(
        recipe=recipe,
        data=data,
        changes=changes or {},
        start_from=start_from,
        add=add,
        add_copies=add_copies,
        options=TrainingOptions(
            seed=seed,
            subset=subset,
            fold=fold,
            test=test,
            device=device,
            precision=precision,
            threads=threads,
        ),
    )
    return begin(request, run=run, again=again, observer=observer, group=group)


def begin(
    request: Request,
    *,
    run: str | Path | None = None,
    again: bool = False,
    observer: Observer | None = None,
    group: Group = ALONE,
) -> Run:
    """Begin the training that is asked for, and return its finished run; see ``train``."""
    subset, start_from = request.options.subset, request.start_from
    chosen = load_any_recipe(request.recipe)
    settled_recipe(chosen, counted(request.changes, 1), start_from)
    data = request.data
    loaded = data if isinstance(data, DataSet) else load_dataset(data)
    images = min(subset or len(loaded.train), len(loaded.train))
    chosen = settled_recipe(chosen, counted(request.changes, images), start_from)
    beginning = _beginning(start_from, chosen)
    additions = gather(request.add, request.add_copies, subset or len(loaded.train))
    settings = resolve_settings(
        chosen,
        source_name(data),
        loaded,
        request.options,
        start=beginning.start if beginning else None,
        additions=additions,
        examples=request.examples.part if request.examples else None,
        group=group,
    )
    folder = Path(run) if run is not None else numbered_folder(Path("runs"), chosen.name)
    target = Run(folder)
    with target.locked():
        if not again:
            target.check_free()
        own = Own(additions.images, request.examples)
        job = _job(target, chosen, settings, loaded, own, beginning, group)
        if again and isinstance(job, ReaderJob):
            job.forget()
        keep_added(target, additions.images)
        if request.examples is not None:
            request.examples.keep(target)
        target.start(Plan(chosen, settings), describe_environment())
        return job.run(observer or observer_for_screen())


def resume(
    run: str | Path,
    data: DataSet | None = None,
    *,
    observer: Observer | None = None,
    group: Group = ALONE,
) -> Run:
    """Go on with an interrupted run from its last whole epoch; a finished one is left as it is.

    The weights at the end are those of a run never interrupted, bit for bit, on the same machine.
    With another number of processes than the run was begun with they differ by rounding, and by
    the draws of dropout if the recipe has any.

    Args:
        run: the run's folder.
        data: the data set it was trained on; by default loaded from where it came.
        observer: as for ``train``.
        group: as for ``train``.

    Raises:
        RunError: if there is nothing to go on with, or the data are not the same.
    """
    target = Run(run)
    plan = target.plan
    with target.locked():
        if target.finished:
            group.tell(None)
            return target
        settings = plan.settings
        _check_whole(target, settings)
        loaded = data or load_dataset(settings.data)
        if loaded.hash() != settings.data_hash:
            raise RunError(
                _(
                    "The data of {data} are not those that {folder} was trained on.",
                    data=settings.data,
                    folder=target.folder,
                )
            )
        choose_device(settings.device)
        own = Own(kept_added(target, settings.added), Examples.kept(target, settings.examples))
        job = _job(target, plan.recipe, regrouped(settings, group), loaded, own, group=group)
        return job.run(observer or observer_for_screen())


def _check_whole(run: Run, settings: Settings) -> None:
    """Refuse to go on with a run that does not say what it was trained on."""
    for name in ("data", "data_hash", "threads"):
        if not getattr(settings, name):
            path, reason = run.folder / "run.json", _("{field} is missing", field=name)
            raise RunError(_("{path} is damaged: {reason}", path=path, reason=reason))


def _beginning(source: str | Path | None, recipe: AnyRecipe) -> Beginning | None:
    return open_start(source, recipe) if source is not None and isinstance(recipe, Recipe) else None


def _job(
    run: Run,
    recipe: AnyRecipe,
    settings: Settings,
    data: DataSet,
    own: Own,
    beginning: Beginning | None = None,
    group: Group = ALONE,
) -> TrainingJob | ReaderJob:
    if isinstance(recipe, Recipe):
        return TrainingJob(run, recipe, settings, data, own.images, beginning, group)
    if group.size > 1:
        raise InputError(
            _("{name} is trained by one process; start it without torchrun.", name=recipe.name)
        )
    return ReaderJob(run, recipe, settings, data, own)
