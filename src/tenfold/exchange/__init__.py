"""Models of other programs in, models for other programs out.

Names are imported when first used: a converted model that is kept already needs no PyTorch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenfold.exchange._cache import converted_file
    from tenfold.exchange._convert import convert_model
    from tenfold.exchange._export import export_model
    from tenfold.exchange._source import is_pair
    from tenfold.exchange.backend import import_keras

__all__ = ["convert_model", "converted_file", "export_model", "import_keras", "is_pair"]

_HOMES = {
    "convert_model": "_convert",
    "converted_file": "_cache",
    "export_model": "_export",
    "import_keras": "backend",
    "is_pair": "_source",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'tenfold.exchange' has no attribute {name!r}")
    return getattr(importlib.import_module(f"tenfold.exchange.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
