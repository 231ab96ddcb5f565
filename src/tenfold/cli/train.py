"""``tenfold train``."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from tenfold.cli._arguments import (
    Data,
    Device,
    Epochs,
    LabelColumn,
    OwnThreads,
    Precision,
    RecipeName,
    RunAgain,
    Subset,
)
from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.data import DataSet
    from tenfold.recipes import AnyRecipe
    from tenfold.records import Run, Settings
    from tenfold.records.command import TrainPlan
    from tenfold.training import Group, Observer


def train(
    context: typer.Context,
    recipe: RecipeName = "sprint",
    run: Annotated[
        Path | None, typer.Option(help=_("The run's folder. (default: runs/RECIPE-N)"))
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help=_("Go on with the run in --run where it stopped."))
    ] = False,
    again: RunAgain = False,
    data: Data = "mnist",
    label_column: LabelColumn = None,
    seed: Annotated[int, typer.Option(min=0, help=_("Decides weights, order and dropout."))] = 0,
    epochs: Epochs = None,
    validation: Annotated[
        str | None,
        typer.Option(
            metavar="N|SHARE|test",
            help=_(
                "Training images to hold out and watch after each epoch: 5000, 10% or 0.1; or test."
            ),
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help=_("Set a field of the recipe, such as learning_rate=0.001. Repeatable."),
        ),
    ] = None,
    subset: Subset = None,
    start_from: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help=_("Begin with the weights of a model file, a run's folder or a bundled model."),
        ),
    ] = None,
    add: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SOURCE",
            help=_("Train on these images, too: corrections, or as for --data. Repeatable."),
        ),
    ] = None,
    add_copies: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help=_("Show each added image N times an epoch. (default: a twentieth of all)"),
        ),
    ] = None,
    device: Device = "auto",
    precision: Precision = None,
    threads: OwnThreads = None,
    figures: Annotated[bool, typer.Option(help=_("Draw the run's figures when it ends."))] = True,
    log: Annotated[
        list[str] | None,
        typer.Option(
            metavar="tensorboard|mlflow",
            help=_("Also keep the history there, in the run's folder. Repeatable."),
        ),
    ] = None,
) -> None:
    """Train a recipe and score it on the test images.

    The run's folder keeps recipe, history, scores, model, checkpoint and figures. Interrupted at
    any moment, it goes on with --resume and ends with the same weights.
    """
    from tenfold.cli._experiments import changes_in
    from tenfold.data import with_label_column
    from tenfold.records.command import TrainPlan

    plan = TrainPlan(
        recipe=recipe,
        changes=changes_in(settings or [], epochs, validation),
        start_from=start_from,
        add=tuple(add or ()),
        add_copies=add_copies,
        data=with_label_column(data, label_column),
        seed=seed,
        subset=subset,
        device=device,
        precision=precision,
        threads=threads,
    )
    carry_out(
        plan,
        _named(context, plan),
        run,
        resume=resume,
        again=again,
        log=log or [],
        figures=figures,
    )


def _named(context: typer.Context, plan: TrainPlan) -> tuple[str, ...]:
    """Which parts of the plan were named on the command line, with their defaults or others."""
    names = [field.name for field in dataclasses.fields(plan)]
    sources = {name: context.get_parameter_source(name) for name in names}
    return tuple(
        name for name, source in sources.items() if source and source.name == "COMMANDLINE"
    )


def carry_out(
    plan: TrainPlan,
    given: tuple[str, ...],
    folder: Path | None,
    *,
    resume: bool,
    again: bool,
    log: list[str],
    figures: bool,
) -> None:
    """Do what is asked, and show what came of it; ``given`` names the options that were named."""
    from tenfold.cli._figures import draw_run_figures
    from tenfold.cli._screen import note

    with _group() as group:
        if group is not None and not group.leads:
            from tenfold.training import follow

            follow(group)
            _leave()
        target, chosen = _target(plan.recipe, folder, named="recipe" in given, resume=resume)
        with _advice(target):
            if resume and target.started:
                done = _go_on(target, chosen, plan, given, log, group)
            else:
                done = _begin(target, chosen, plan, log, group, again=again)
    _show(done)
    if figures and chosen.one_network:
        for path in draw_run_figures(done):
            note(_("Drew {path}", path=path))


@contextmanager
def _group() -> Iterator[Group | None]:
    """The processes that torchrun started with this one; ``None`` where it did not."""
    if os.environ.get("WORLD_SIZE", "1") == "1":
        yield None
        return
    from tenfold.training import joined

    with joined() as group:
        yield group


def _leave() -> NoReturn:
    """End a process that has followed to the end, and has nothing to write.

    Ended the usual way, one in a dozen is aborted by threads of PyTorch's that are not done yet,
    and torchrun takes that for a failure of the training.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


@contextmanager
def _advice(run: Run) -> Iterator[None]:
    """Say how to go on if training ends before its time."""
    from tenfold.cli._screen import note
    from tenfold.errors import TenfoldError

    try:
        yield
    except (KeyboardInterrupt, TenfoldError):
        if run.started and not run.finished:
            note(_("Go on with: tenfold train --run {folder} --resume", folder=run.folder))
        raise


def _announce(recipe: AnyRecipe, log: list[str], images: int) -> None:
    """Say what is not plain from the recipe's name."""
    from tenfold.cli._screen import note
    from tenfold.errors import InputError

    if log and not recipe.one_network:
        raise InputError(_("--log is not for the reader; its run's history.jsonl has every epoch."))
    if told := recipe.announcement(images):
        note(told)


def _target(
    recipe: str, folder: Path | None, *, named: bool, resume: bool
) -> tuple[Run, AnyRecipe]:
    """The run to begin or go on with, and the recipe that is named or that the run has."""
    from tenfold.errors import InputError
    from tenfold.recipes import load_any_recipe
    from tenfold.records import Run, numbered_folder

    if resume and folder is None:
        raise InputError(_("--resume needs --run, the folder of the run to go on with."))
    if not named and resume and folder is not None:
        run = Run(folder)
        if not run.started:
            raise InputError(
                _("There is no run in {folder} to go on with; name a recipe.", folder=folder)
            )
        return run, run.plan.recipe
    chosen = load_any_recipe(recipe)
    return Run(folder or numbered_folder(Path("runs"), chosen.name)), chosen


@dataclass(frozen=True, slots=True)
class _Ready:
    """A plan whose every name has been found, before PyTorch is loaded, which takes seconds."""

    changes: dict[str, object]
    data: DataSet
    add: tuple[DataSet, ...]
    images: int


def _ready(run: Run, recipe: AnyRecipe, plan: TrainPlan, *, again: bool) -> _Ready:
    from tenfold.recipes import counted, settled_recipe
    from tenfold.records import trained_model
    from tenfold.records.asked import check_means, check_subset

    if not again:
        run.check_free()
    check_means(plan.device, plan.precision, plan.threads)
    # Data may have to be fetched: what is wrong with the recipe is told before.
    settled_recipe(recipe, counted(plan.changes, 1), plan.start_from)
    if plan.start_from is not None:
        trained_model(plan.start_from)
    data = _data(plan.data)
    check_subset(plan.subset, len(data.train))
    images = plan.subset or len(data.train)
    added = tuple(_data(name) for name in plan.add)
    return _Ready(counted(plan.changes, images), data, added, images)


def _data(name: str) -> DataSet:
    """The data set under the name that finds it again, for whoever resumes or draws the run."""
    from tenfold.data import load_dataset

    return dataclasses.replace(load_dataset(name), name=name)


def _begin(
    run: Run,
    recipe: AnyRecipe,
    plan: TrainPlan,
    log: list[str],
    group: Group | None,
    *,
    again: bool,
) -> Run:
    from msgspec.structs import replace

    from tenfold.cli._screen import note
    from tenfold.recipes import settled_recipe

    ready = _ready(run, recipe, plan, again=again)
    _announce(settled_recipe(recipe, ready.changes, plan.start_from), log, ready.images)

    from tenfold.training import ALONE, Request, begin, choose_device

    device, why = choose_device(plan.device)
    note(_("Device: {why}", why=why))
    request = Request(
        recipe=recipe,
        data=ready.data,
        changes=ready.changes,
        start_from=plan.start_from,
        add=ready.add,
        add_copies=plan.add_copies,
        options=replace(plan.training_options, device=device),
    )
    with _watched(run, log) as observer:
        return begin(request, run=run.folder, again=again, observer=observer, group=group or ALONE)


@contextmanager
def _watched(run: Run, log: list[str]) -> Iterator[Observer]:
    """The screen and the trackers in ``log`` as one observer; trackers learn the scores at last."""
    from tenfold.training.callbacks import Together, open_tracker
    from tenfold.training.progress import observer_for_screen

    trackers = [open_tracker(name, run) for name in log]
    yield Together([observer_for_screen(), *trackers])
    for tracker in trackers:
        tracker.on_finish()


def _go_on(
    run: Run,
    recipe: AnyRecipe,
    plan: TrainPlan,
    given: tuple[str, ...],
    log: list[str],
    group: Group | None,
) -> Run:
    """Resume, but not under other settings than the run has."""
    from msgspec import structs

    from tenfold.cli._screen import note
    from tenfold.errors import RunError
    from tenfold.recipes import decisive

    before = run.plan
    settings = before.settings
    known = {
        **structs.asdict(settings),
        "recipe": plan.recipe,
        "start_from": settings.start.name if settings.start else None,
        "add": tuple(part.name for part in settings.added),
    }
    wanted = _wanted(recipe, plan, settings, named="recipe" in given)
    otherwise = any(known.get(name) != getattr(plan, name) for name in given)
    if otherwise or decisive(wanted) != decisive(before.recipe):
        raise RunError(
            _(
                "The run in {folder} was begun with other settings; go on without naming any, "
                "or start over (--again).",
                folder=run.folder,
            )
        )
    if run.finished:
        note(_("The run in {folder} is finished.", folder=run.folder))
        if group is not None:
            group.tell(None)
        return run

    from tenfold.training import ALONE, resume

    with _watched(run, log) as observer:
        return resume(run.folder, observer=observer, group=group or ALONE)


def _wanted(recipe: AnyRecipe, plan: TrainPlan, settings: Settings, *, named: bool) -> AnyRecipe:
    """The recipe that a training as asked for would have; one not named is the run's own."""
    from tenfold.data import load_dataset
    from tenfold.recipes import counted, settled_recipe

    changes: dict[str, object] = dict(plan.changes)
    if "validation" in changes:
        images = len(load_dataset(settings.data).train)
        changes = counted(changes, min(settings.subset or images, images))
    return settled_recipe(recipe, changes, plan.start_from if named else None)


def _show(run: Run) -> None:
    from tenfold.cli._screen import scores_line

    if test := run.scores.test:
        typer.echo(scores_line(test))
    for path in sorted(run.folder.glob("*.onnx")):
        typer.echo(_("Model: {path}", path=path))
