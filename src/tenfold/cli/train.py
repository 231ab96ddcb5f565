"""``tenfold train``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.recipes import AnyRecipe, ReaderRecipe
    from tenfold.runs import Run
    from tenfold.training import Group, Observer


DEFAULT = "sprint"


def train(
    recipe: Annotated[
        str | None,
        typer.Argument(
            help=_(
                "A recipe's name, or the path of a recipe file (.py or .json). (default: sprint)"
            )
        ),
    ] = None,
    run: Annotated[
        Path | None, typer.Option(help=_("The run's folder. (default: runs/RECIPE-N)"))
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help=_("Go on with the run in --run where it stopped."))
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help=_("Start over if --run already holds a run."))
    ] = False,
    data: Annotated[
        str | None,
        typer.Option(
            help=_("A data set's name, or the path of one in any known format. (default: mnist)")
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help=_("Decides weights, order and dropout. (default: 0)"))
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help=_("Instead of the recipe's."))] = None,
    validation: Annotated[
        str | None,
        typer.Option(help=_("Training images to hold out and watch after each epoch, or 'test'.")),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help=_("Set a field of the recipe, such as learning_rate=0.001. Repeatable."),
        ),
    ] = None,
    subset: Annotated[
        int | None, typer.Option(min=1, help=_("Train on the first N images only."))
    ] = None,
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
    device: Annotated[
        str | None,
        typer.Option(metavar="auto|cpu|cuda|mps", help=_("Where to train. (default: auto)")),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            metavar="fp32|bf16",
            help=_("bf16 is mixed precision, faster. (default: as the recipe says)"),
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help=_("Threads of the processor. (default: PyTorch's choice)")),
    ] = None,
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
    from tenfold.cli._figures import draw_run_figures
    from tenfold.cli._screen import note
    from tenfold.recipes import ReaderRecipe

    options = {
        "data": data,
        "seed": seed,
        "subset": subset,
        "start_from": start_from,
        "add": add or None,
        "add_copies": add_copies,
        "device": device,
        "precision": precision,
        "threads": threads,
    }
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    with _group() as group:
        if group is not None and not group.leads:
            from tenfold.training import follow

            follow(group)
            _leave()
        changes = _changes(settings or [], epochs, validation)
        target, chosen = _target(recipe, run, resume=resume)
        if isinstance(chosen, ReaderRecipe):
            _announce(chosen.changed(changes), log or [])
            figures = False
        with _advice(target):
            if resume and target.started:
                wanted = _wanted(chosen, changes, start_from if recipe else None)
                done = _go_on(target, wanted, given, log or [], group)
            else:
                given["changes"] = changes
                done = _begin(target, chosen, given, log or [], group, again=again)
    _show(done)
    if figures:
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


def _changes(settings: list[str], epochs: int | None, validation: str | None) -> dict[str, object]:
    """What the options change in the recipe."""
    from tenfold.errors import InputError

    changes: dict[str, object] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise InputError(
                _("Received --set {setting}; expected --set NAME=VALUE.", setting=setting)
            )
        changes[name] = value
    if epochs is not None:
        changes["epochs"] = epochs
    if validation is not None:
        changes["validation"] = validation
    return changes


def _announce(recipe: ReaderRecipe, log: list[str]) -> None:
    """Say what the training of the reader goes through."""
    from tenfold.cli._screen import note
    from tenfold.errors import InputError

    if log:
        raise InputError(_("--log is not for the reader; its run's history.jsonl has every epoch."))
    note(
        _(
            "Composes {count:,} scenes, then trains the digit network, then the line network.",
            count=sum(part.count + recipe.held_scenes for part in recipe.scenes),
        )
    )


def _target(recipe: str | None, folder: Path | None, *, resume: bool) -> tuple[Run, AnyRecipe]:
    """The run to begin or go on with, and the recipe that is named or that the run has."""
    from tenfold.errors import InputError
    from tenfold.recipes import load_any_recipe, recipe_from_dict
    from tenfold.runs import Run, numbered_folder

    if resume and folder is None:
        raise InputError(_("--resume needs --run, the folder of the run to go on with."))
    if recipe is None and resume and folder is not None:
        run = Run(folder)
        if not run.started:
            raise InputError(
                _("There is no run in {folder} to go on with; name a recipe.", folder=folder)
            )
        return run, recipe_from_dict(run.plan["recipe"])
    chosen = load_any_recipe(recipe or DEFAULT)
    return Run(folder or numbered_folder(Path("runs"), chosen.name)), chosen


def _wanted(recipe: AnyRecipe, changes: dict[str, object], start: str | None) -> AnyRecipe:
    """The recipe that a training with these changes, and from this model, would have."""
    from tenfold.training import settled_recipe

    return settled_recipe(recipe, changes, start)


def _begin(
    run: Run,
    recipe: AnyRecipe,
    given: dict[str, Any],
    log: list[str],
    group: Group | None,
    *,
    again: bool,
) -> Run:
    from tenfold.cli._screen import note
    from tenfold.training import ALONE, choose_device, train

    device, why = choose_device(given.get("device", "auto"))
    note(_("Device: {why}", why=why))
    with _watched(run, log) as observer:
        options = {**given, "device": device, "observer": observer, "group": group or ALONE}
        return train(recipe, run=run.folder, again=again, **options)


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
    run: Run, recipe: AnyRecipe, given: dict[str, Any], log: list[str], group: Group | None
) -> Run:
    """Resume, but not under other settings than the run has."""
    from tenfold.cli._screen import note
    from tenfold.errors import RunError
    from tenfold.recipes import recipe_from_dict
    from tenfold.training import ALONE, resume

    plan = run.plan
    settings = plan["settings"]
    known = {
        **settings,
        "start_from": (settings.get("start") or {}).get("name"),
        "add": [part["name"] for part in settings.get("added", [])],
    }
    otherwise = any(known.get(name) != value for name, value in given.items())
    if otherwise or recipe != recipe_from_dict(plan["recipe"]):
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
    with _watched(run, log) as observer:
        return resume(run.folder, observer=observer, group=group or ALONE)


def _show(run: Run) -> None:
    from tenfold.cli._screen import scores_line

    if "test" in run.scores:
        typer.echo(scores_line(run.scores["test"]))
    for path in sorted(run.folder.glob("*.onnx")):
        typer.echo(_("Model: {path}", path=path))
