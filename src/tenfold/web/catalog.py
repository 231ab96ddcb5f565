"""The models that a service offers, by name: the bundled ones, and those of run folders."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, final

from tenfold.errors import TenfoldError, UnknownNameError
from tenfold.language import text as _
from tenfold.models import (
    Model,
    bundled_names,
    load_bundled,
    load_bundled_ink,
    load_bundled_lines,
    load_model,
)
from tenfold.models.bundled import DEFAULT
from tenfold.reader import Reader
from tenfold.reader.reader import THRESHOLD
from tenfold.reader.transcript import Signs
from tenfold.recipes import Recipe, parameter_count
from tenfold.records import Run
from tenfold.web.learning import learning_command

__all__ = ["Catalog"]

DEEPEST = 4
"""Run folders are looked for so many folders deep."""

MOST_FOLDERS = 2000

MOST_LOADED = 16
"""Models kept in memory; the one used longest ago gives way."""

REFRESH_SECONDS = 1.0
"""An unknown name has the folders looked through again, but not more often than this."""

Stamp: TypeAlias = "tuple[int, int]"


@dataclass(frozen=True, slots=True)
class _Found:
    """A model file of a run folder, and what tells it from an earlier one at the same place."""

    folder: Path
    stamp: Stamp


@final
class Catalog:
    """Models by name, loaded when first asked for, each once; safe to use from several threads.

    A run folder's name is its path inside the folder of models, with "~" for "/". Names that come
    with a request are looked up here and nowhere else, so none of them ever becomes a path.
    """

    def __init__(self, folder: Path) -> None:
        """Offer the bundled models, and those of the run folders inside ``folder``."""
        self._folder = folder
        self._lock = threading.RLock()
        self._found: dict[str, _Found] = {}
        self._loaded: OrderedDict[str, tuple[Stamp | None, Model]] = OrderedDict()
        self._looked = -REFRESH_SECONDS

    def names(self) -> list[str]:
        """Return the names of all models, the default one first."""
        with self._lock:
            others = [name for name in bundled_names() if name != DEFAULT]
            return [DEFAULT, *others, *self._found]

    def refresh(self) -> None:
        """Look through the folder of models: new ones appear, changed ones are loaded anew."""
        found = _look_through(self._folder)
        with self._lock:
            self._found = found
            self._looked = time.monotonic()
            for name, (stamp, _model) in list(self._loaded.items()):
                if stamp is not None and (name not in found or found[name].stamp != stamp):
                    del self._loaded[name]

    def get(self, name: str) -> Model:
        """Return the model of this name, which takes one core; it may be read from the disk.

        Raises:
            UnknownNameError: if there is none.
            ModelError: if its file is damaged.
            StorageError: if its file cannot be read.
        """
        with self._lock:
            if name in self._loaded:
                self._loaded.move_to_end(name)
                return self._loaded[name][1]
            self._check(name)
            found = self._found.get(name)
            if found is None:
                self._loaded[name] = (None, load_bundled(name, threads=1))
            else:
                model = load_model(Run(found.folder).model_path, threads=1)
                self._loaded[name] = (found.stamp, model)
            if len(self._loaded) > MOST_LOADED:
                self._loaded.popitem(last=False)
            return self._loaded[name][1]

    def reader(
        self, name: str = DEFAULT, threshold: float = THRESHOLD, signs: Signs = "leave"
    ) -> Reader:
        """Return a reader with this model.

        Raises:
            TenfoldError: as ``get`` does.
            InputError: if the threshold is not 0 to 1.
        """
        model = self.get(name)
        ink, lines = load_bundled_ink(threads=1), load_bundled_lines(threads=1)
        return Reader(model, threshold=threshold, signs=signs, lines=lines, ink=ink)

    def describe(self) -> list[dict[str, object]]:
        """Return what is known of each model, plain data for JSON, in the order of ``names``."""
        with self._lock:
            found = dict(self._found)
        told = [self._bundled(name) for name in self.names() if name not in found]
        return told + [_trained(name, one, self._folder) for name, one in found.items()]

    def folder(self, name: str) -> Path | None:
        """Return the run folder of a model; None of a bundled one.

        Raises:
            UnknownNameError: if there is no model of that name.
        """
        with self._lock:
            self._check(name)
            return self._found[name].folder if name in self._found else None

    def _check(self, name: str) -> None:
        if name in self._found or name in bundled_names():
            return
        if time.monotonic() - self._looked > REFRESH_SECONDS:
            self.refresh()
        if name not in self._found:
            raise UnknownNameError(_("model"), name, self.names())

    def _bundled(self, name: str) -> dict[str, object]:
        model = self.get(name)
        card = model.card
        test = card.scores.get("test", {}).get("accuracy")
        return _entry(
            name,
            card.recipe,
            bundled=True,
            refuses=model.knows_none,
            accuracy=test,
            trained_at=None,
            learn=learning_command(card.recipe, name, self._folder),
        )


def _entry(name: str, recipe: dict[str, object], **facts: Any) -> dict[str, object]:
    return {
        "name": name,
        "title": str(recipe.get("title") or name),
        "default": name == DEFAULT,
        "reads_lines": True,
        "parameters": _parameters(recipe),
        "recipe": recipe.get("name"),
        **facts,
    }


def _trained(name: str, found: _Found, root: Path) -> dict[str, object]:
    """What a run folder says of its model; a damaged one says less."""
    run = Run(found.folder)
    try:
        recipe = run.plan.recipe.to_dict()
        test = run.scores.test if run.finished else None
    except TenfoldError:
        recipe, test = {}, None
    made = datetime.fromtimestamp(found.stamp[0] / 1e9, UTC)
    return _entry(
        name,
        recipe,
        bundled=False,
        refuses=False,
        accuracy=test.accuracy if test else None,
        trained_at=made.isoformat(timespec="seconds"),
        learn=learning_command(recipe, found.folder, root),
    )


def _parameters(recipe: dict[str, object]) -> int | None:
    """How many numbers a recipe's network holds; None of a kind that is not told by layers."""
    try:
        return parameter_count(Recipe.from_dict(recipe).layers)
    except TenfoldError:
        return None


def _look_through(root: Path) -> dict[str, _Found]:
    """Find run folders with a model, by name; links are not followed."""
    found: dict[str, _Found] = {}
    looked = 0
    for folder, inside, files in os.walk(root):
        here = Path(folder)
        looked += 1
        parts = here.relative_to(root).parts
        if looked > MOST_FOLDERS:
            break
        if len(parts) >= DEEPEST:
            inside.clear()
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        if not parts or "model.onnx" not in files:
            continue
        try:
            status = Run(here).model_path.stat()
        except OSError:
            # It went away while we looked.
            continue
        name = "~".join(parts)
        free = name if name not in bundled_names() else f"~{name}"
        found[free] = _Found(here, (status.st_mtime_ns, status.st_size))
    return dict(sorted(found.items()))
