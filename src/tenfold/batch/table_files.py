"""A table of readings as a file: Parquet, CSV or JSON lines, by its ending."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tenfold.batch.rows import Row, batch_of, schema
from tenfold.errors import InputError
from tenfold.files import replacing
from tenfold.language import text as _

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_ending", "write_table"]

# Bytes in memory from which on rows make a group of a Parquet file.
_GROUP = 32 * 2**20


def check_ending(out: Path) -> None:
    """Refuse a name that ends like no file of a table, or like one that cannot be made here.

    Raises:
        InputError: if it is none.
        MissingExtraError: if the packages for it are not installed.
    """
    if out.suffix.lower() not in _WRITERS:
        raise InputError(
            _(
                "Received --out {out}; expected a name that ends with {known}.",
                out=out,
                known=", ".join(_WRITERS),
            )
        )
    if out.suffix.lower() == ".parquet":
        schema()


def write_table(parts: Iterable[list[Row]], out: Path) -> None:
    """Write rows as one file, whole or not at all.

    Raises:
        StorageError: if the disk is full or the place cannot be written.
    """
    with replacing(out) as file:
        _WRITERS[out.suffix.lower()](parts, file)


def _write_parquet(parts: Iterable[list[Row]], file: IO[bytes]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    with parquet.ParquetWriter(file, schema()) as writer:
        kept: list[pa.Table] = []
        for rows in parts:
            kept.append(pa.Table.from_batches([batch_of(rows)]))
            if sum(each.nbytes for each in kept) >= _GROUP:
                writer.write_table(pa.concat_tables(kept))
                kept = []
        if kept:
            writer.write_table(pa.concat_tables(kept))


def _write_csv(parts: Iterable[list[Row]], file: IO[bytes]) -> None:
    lines = io.StringIO()
    writer = None
    for rows in parts:
        for row in rows:
            if writer is None:
                # The text has the lines as well.
                columns = [name for name in row if name != "lines"]
                writer = csv.DictWriter(lines, columns, extrasaction="ignore", lineterminator="\n")
                writer.writeheader()
            lists = {name: json.dumps(each) for name, each in row.items() if isinstance(each, list)}
            writer.writerow(row | lists)
        _move(lines, file)


def _write_jsonl(parts: Iterable[list[Row]], file: IO[bytes]) -> None:
    for rows in parts:
        for row in rows:
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
