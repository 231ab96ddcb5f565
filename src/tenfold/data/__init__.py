"""Labeled digits: their form in memory, their formats in files, and where MNIST is found.

``load_dataset`` finds MNIST; ``load`` and ``save`` read and write files in any known format. The
heavy parts are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tenfold.data.images import CLASSES, SIZE, SPLITS, DataSet, Images, LabeledImages, Labels

if TYPE_CHECKING:
    from tenfold.data.formats import load, save, sniff
    from tenfold.data.sources import FoundData, find_dataset, load_dataset, with_label_column

__all__ = [
    "CLASSES",
    "SIZE",
    "SPLITS",
    "DataSet",
    "FoundData",
    "Images",
    "LabeledImages",
    "Labels",
    "find_dataset",
    "load",
    "load_dataset",
    "save",
    "sniff",
    "with_label_column",
]

_LAZY = {
    "FoundData": "sources",
    "find_dataset": "sources",
    "load": "formats",
    "load_dataset": "sources",
    "save": "formats",
    "sniff": "formats",
    "with_label_column": "sources",
}


def __getattr__(name: str) -> Any:
    """Import ``name`` when it is first asked for (PEP 562)."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
