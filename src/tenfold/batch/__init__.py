"""Tables of readings: many pictures, wherever they are, one row for each exactly once.

``read_to_table`` lists the pictures, has them read by an engine, keeps the rows part by part, and
joins the parts to one file. Engines differ in who reads, never in a bit of the table.
"""

from __future__ import annotations

from tenfold.batch.table import Made, TableObserver, choose_engine, read_to_table

__all__ = ["Made", "TableObserver", "choose_engine", "read_to_table"]
