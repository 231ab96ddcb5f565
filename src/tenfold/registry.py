"""Folders as registries: each module without an underscore is an entry, named by its file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from types import MappingProxyType, ModuleType

__all__ = ["entries", "entry_names"]


def entry_names(path: Iterable[str]) -> list[str]:
    """Return the names of a package's modules, sorted; ``path`` is its ``__path__``."""
    return sorted(m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_"))


def entries(package: str, path: Iterable[str]) -> Mapping[str, ModuleType]:
    """Return a package's modules, imported, by their public names: those with hyphens, sorted."""
    return MappingProxyType(
        {
            name.replace("_", "-"): importlib.import_module(f"{package}.{name}")
            for name in entry_names(path)
        }
    )
