"""A table of readings as a file: Parquet, CSV or JSON lines, by its ending."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tenfold.errors import InputError
from tenfold.files import replacing
from tenfold.language import text as _
from tenfold.readings.rows import schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_ending", "write_table"]

# Bytes in memory from which on rows make a group of a Parquet file.
_GROUP = 32 * 2**20


def check_ending(out: Path) -> None:
    """Refuse a name that ends like no file of a table.

    Raises:
        InputError: if it does.
    """
    if out.suffix.lower() not in _WRITERS:
        raise InputError(
            _(
                "Received --out {out}; expected a name that ends with {known}.",
                out=out,
                known=", ".join(_WRITERS),
            )
        )


def write_table(tables: Iterable[pa.Table], out: Path) -> None:
    """Write tables of the schema as one file, whole or not at all.

    Raises:
        StorageError: if the disk is full or the place cannot be written.
    """
    with replacing(out) as file:
        _WRITERS[out.suffix.lower()](tables, file)


def _write_parquet(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    with parquet.ParquetWriter(file, schema()) as writer:
        kept: list[pa.Table] = []
        for table in tables:
            kept.append(table)
            if sum(each.nbytes for each in kept) >= _GROUP:
                writer.write_table(pa.concat_tables(kept))
                kept = []
        if kept:
            writer.write_table(pa.concat_tables(kept))


def _write_csv(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    columns = [name for name in schema().names if name != "lines"]
    lines = io.StringIO()
    writer = csv.DictWriter(lines, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for table in tables:
        for row in table.to_pylist():
            for name in ("digits", "left_out"):
                row[name] = None if row[name] is None else json.dumps(row[name])
            writer.writerow(row)
        _move(lines, file)
    _move(lines, file)


def _write_jsonl(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    for table in tables:
        for row in table.to_pylist():
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def _move(lines: io.StringIO, file: IO[bytes]) -> None:
    file.write(lines.getvalue().encode())
    lines.seek(0)
    lines.truncate()


_WRITERS: dict[str, Callable[[Iterable[Any], IO[bytes]], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
}
