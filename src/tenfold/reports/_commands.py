"""The command that makes a run again."""

from __future__ import annotations

import shlex
from typing import Any

import msgspec

from tenfold.errors import TenfoldError
from tenfold.language import text as _
from tenfold.recipes import AnyRecipe, Recipe, load_any_recipe, recipe_names
from tenfold.reports._records import AnyRecord, Fold

__all__ = ["DESCRIPTIONS", "changes_of", "command_for"]

DESCRIPTIONS = ("title", "source", "claim", "cost")
"""Fields of a recipe that decide nothing."""


def command_for(record: AnyRecord) -> str:
    """Return what to type to make the run again, on the same kind of machine.

    A recipe that no name and no ``--set`` describe is written out as a recipe file.
    """
    settings = record.settings
    if settings.fold is not None:
        return _cross_validation(record.recipe.name, settings.fold)
    changes = changes_of(record.recipe)
    before = ""
    if changes is None:
        name = f"{record.recipe.name}.json"
        plain = msgspec.json.format(msgspec.json.encode(record.recipe.to_dict()), indent=1).decode()
        before = "# " + _("save this as {name}:", name=name) + f"\n{plain}\n\n"
    else:
        name = record.recipe.name
    words = ["tenfold", "train", name]
    for key, value in (changes or {}).items():
        words += ["--set", f"{key}={value}"]
    usual = "fp32" if isinstance(record.recipe, Recipe) else record.recipe.precision
    options = {
        "--data": settings.data if settings.data != "mnist" else None,
        "--seed": settings.seed,
        "--subset": settings.subset,
        "--device": settings.device or None,
        "--precision": settings.precision if settings.precision != usual else None,
        "--threads": settings.threads,
    }
    for option, setting in options.items():
        if setting is not None:
            words += [option, str(setting)]
    return before + shlex.join(words)


def _cross_validation(name: str, fold: Fold) -> str:
    words = ["tenfold", "crossval", name, "--folds", str(fold.folds), "--seed", str(fold.seed)]
    return shlex.join(words + ["--stratified"] * fold.stratified)


def changes_of(recipe: AnyRecipe) -> dict[str, str] | None:
    """Return what differs from the known recipe of that name, as ``--set`` takes it.

    None if there is no such recipe, or the difference is of a kind that ``--set`` cannot make.
    """
    if recipe.name not in recipe_names():
        return None
    known = load_any_recipe(recipe.name)
    changes: dict[str, str] = {}
    if not _collect(_decisive(recipe), _decisive(known), "", changes):
        return None
    try:
        same = _decisive(known.changed(changes)) == _decisive(recipe)
    except TenfoldError:
        return None
    return changes if same else None


def _decisive(recipe: AnyRecipe) -> dict[str, Any]:
    return {k: v for k, v in recipe.to_dict().items() if k not in DESCRIPTIONS}


def _collect(wanted: Any, known: Any, path: str, changes: dict[str, str]) -> bool:
    """Put into ``changes`` where two recipes differ; return whether ``--set`` could say it."""
    if isinstance(wanted, dict) and isinstance(known, dict) and wanted.keys() == known.keys():
        inner = [(str(key), wanted[key], known[key]) for key in wanted]
    elif isinstance(wanted, list | tuple) and isinstance(known, list | tuple):
        if len(wanted) != len(known):
            return False
        inner = [(str(at), *pair) for at, pair in enumerate(zip(wanted, known, strict=True))]
    elif wanted == known:
        return True
    elif isinstance(wanted, dict | list | tuple) or wanted is None:
        return False
    else:
        changes[path.removeprefix("optimizer.")] = str(wanted)
        return True
    return all(
        _collect(want, have, f"{path}.{key}" if path else key, changes) for key, want, have in inner
    )
