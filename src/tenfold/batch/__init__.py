"""Tables of readings: many pictures, wherever they are, one row for each exactly once.

``read_to_table`` lists the pictures, has them read by an engine, keeps the rows part by part, and
joins the parts to one file. Engines differ in who reads, never in a bit of the table.

Names are imported when first used: reading one picture needs no engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenfold.batch.table import Made, TableObserver, choose_engine, read_to_table

__all__ = ["Made", "TableObserver", "choose_engine", "read_to_table"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'tenfold.batch' has no attribute {name!r}")
    from tenfold.batch import table

    return getattr(table, name)
