"""Recipes as a command names them: by name, by name and changes, or else by a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tenfold.errors import TenfoldError
from tenfold.language import text as _
from tenfold.recipes._from_model import settled_recipe
from tenfold.recipes._registry import AnyRecipe, load_any_recipe, recipe_names

__all__ = ["DESCRIPTIONS", "Named", "changes_of", "decisive", "named"]

DESCRIPTIONS = ("title", "source", "claim", "cost")
"""Fields of a recipe that decide nothing."""


@dataclass(frozen=True, slots=True)
class Named:
    """Recipes in words.

    Args:
        words: what names each.
        changes: what is set otherwise in all of them, as ``--set`` takes it.
        files: recipe files that have to be there: their names -> the recipes.
    """

    words: tuple[str, ...]
    changes: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, AnyRecipe] = field(default_factory=dict)

    def with_files(self, command: str) -> str:
        """Return ``command`` below the files that it needs, each told by its content."""
        parts = []
        for name, recipe in self.files.items():
            plain = msgspec.json.format(msgspec.json.encode(recipe.to_dict()), indent=1).decode()
            parts.append("# " + _("save this as {name}:", name=name) + f"\n{plain}\n\n")
        return "".join(parts) + command


def named(
    recipes: Sequence[AnyRecipe], start: str | None = None, *, settable: bool = True
) -> Named:
    """Return how a command names ``recipes``.

    Args:
        recipes: as they are trained.
        start: the model that the training begins with, if any: it makes a recipe gentler.
        settable: whether the command takes changes at all.
    """
    names = tuple(recipe.name for recipe in recipes)
    changes = [changes_of(recipe, start) for recipe in recipes]
    common = changes[0] if changes else {}
    if common is not None and (settable or not common) and all(c == common for c in changes):
        return Named(names, common)
    files = {f"{r.name}.json": r for r, own in zip(recipes, changes, strict=True) if own != {}}
    words = tuple(f"{name}.json" if f"{name}.json" in files else name for name in names)
    # From a file, too, a training that begins with a model is gentler unless told otherwise.
    return Named(words, _gentleness(recipes[0]) if start else {}, files)


def changes_of(recipe: AnyRecipe, start: str | None = None) -> dict[str, str] | None:
    """Return what differs from the known recipe of that name, as ``--set`` takes it.

    None if there is no such recipe, or the difference is of a kind that ``--set`` cannot make.

    Args:
        recipe: as it is trained.
        start: the model that the training begins with, if any: it makes a recipe gentler.
    """
    if recipe.name not in recipe_names():
        return None
    known = load_any_recipe(recipe.name)
    changes: dict[str, str] = {}
    try:
        usual = settled_recipe(known, {}, start)
        if not _collect(decisive(recipe), decisive(usual), "", changes):
            return None
        same = decisive(settled_recipe(known, changes, start)) == decisive(recipe)
    except TenfoldError:
        return None
    return changes if same else None


def _gentleness(recipe: AnyRecipe) -> dict[str, str]:
    plain = recipe.to_dict()
    rate = plain.get("optimizer", {}).get("learning_rate")
    return {"epochs": str(plain["epochs"]), "learning_rate": str(rate)}


def decisive(recipe: AnyRecipe) -> dict[str, object]:
    """Return what decides a training, as plain data: a recipe without its descriptions."""
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
    elif isinstance(wanted, dict | list | tuple):
        return False
    else:
        changes[path.removeprefix("optimizer.")] = "null" if wanted is None else str(wanted)
        return True
    return all(
        _collect(want, have, f"{path}.{key}" if path else key, changes) for key, want, have in inner
    )
