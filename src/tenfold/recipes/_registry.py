"""Recipes by name or by path: each module of this folder without a leading underscore is one."""

from __future__ import annotations

import importlib
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

import tenfold.recipes
from tenfold.complaints import complaint
from tenfold.errors import InputError, UnknownNameError
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.recipes._reader import ReaderRecipe
from tenfold.recipes._recipe import Recipe
from tenfold.registry import entry_names

__all__ = [
    "AnyRecipe",
    "load_any_recipe",
    "load_recipe",
    "network_names",
    "recipe_from_dict",
    "recipe_names",
]

AnyRecipe: TypeAlias = Recipe | ReaderRecipe


def recipe_names() -> tuple[str, ...]:
    """Return the names of the recipes that come with Tenfold, sorted."""
    names = entry_names(tenfold.recipes.__path__)
    return tuple(sorted(name.replace("_", "-") for name in names))


def network_names() -> tuple[str, ...]:
    """Return the names of those that are recipes of one network, as ``load_recipe`` gives them."""
    return tuple(name for name in recipe_names() if _known(name).one_network)


def load_recipe(name: str | Path | AnyRecipe) -> Recipe:
    """Return a recipe of one network by its name, or from a file of one's own; or as it is.

    Args:
        name: as for ``load_any_recipe``.

    Raises:
        UnknownNameError: for a name that is neither known nor a file.
        InputError: for a file that holds no complete recipe, or the recipe of the reader.
        StorageError: for one that cannot be read.
    """
    recipe = load_any_recipe(name)
    if isinstance(recipe, ReaderRecipe):
        raise InputError(
            _(
                "{name} is the recipe of the reader's networks; expected one of a single "
                "network: {names}. To train it: tenfold train {name}",
                name=recipe.name,
                names=", ".join(network_names()),
            )
        )
    return recipe


def load_any_recipe(name: str | Path | AnyRecipe) -> AnyRecipe:
    """Return a recipe by its name, or from a file of one's own; or as it is.

    Args:
        name: a known name; or the path of a ``.py`` file that sets ``RECIPE`` (its code is run),
            or of a ``.json`` file with a recipe's fields; or a recipe.

    Raises:
        UnknownNameError: for a name that is neither known nor a file.
        InputError: for a file that holds no complete recipe.
        StorageError: for one that cannot be read.
    """
    if isinstance(name, AnyRecipe):
        return name
    if isinstance(name, str) and name in recipe_names():
        return _known(name)
    path = Path(name)
    if path.suffix not in (".py", ".json"):
        raise UnknownNameError(_("recipe"), str(name), recipe_names())
    if not path.is_file():
        raise InputError(_("There is no recipe file {path}.", path=path))
    return _from_python(path) if path.suffix == ".py" else _from_json(path)


def recipe_from_dict(plain: Mapping[str, Any]) -> AnyRecipe:
    """Return the recipe of whichever kind that ``plain`` describes, every field checked.

    Raises:
        InputError: naming the field that is missing, unknown or out of range.
    """
    kind = ReaderRecipe if plain.get("kind") == "reader" else Recipe
    return kind.from_dict(plain)


def _known(name: str) -> AnyRecipe:
    module = importlib.import_module(f"tenfold.recipes.{name.replace('-', '_')}")
    recipe: AnyRecipe = module.RECIPE
    return recipe


def _from_python(path: Path) -> AnyRecipe:
    try:
        found = runpy.run_path(str(path)).get("RECIPE")
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            _(
                "{path} could not be run: {kind}: {reason}",
                path=path,
                kind=type(error).__name__,
                reason=error,
            )
        ) from error
    if not isinstance(found, AnyRecipe):
        raise InputError(
            _(
                "{path} sets RECIPE to {kind}; expected a tenfold.Recipe.",
                path=path,
                kind=type(found).__name__,
            )
        )
    # The constructor does not check the types of fields; the round trip does.
    return recipe_from_dict(found.to_dict())


def _from_json(path: Path) -> AnyRecipe:
    try:
        plain = msgspec.json.decode(path.read_bytes(), type=dict)
    except OSError as error:
        raise storage_error(path, error) from error
    except (msgspec.DecodeError, RecursionError) as error:
        reason = complaint(error, dict)
        raise InputError(
            _("{path} could not be read as JSON: {reason}", path=path, reason=reason)
        ) from error
    return recipe_from_dict(plain)
