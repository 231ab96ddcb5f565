"""What the process that makes a table does itself: simulated readers that answer at once.

    python benchmarks/_scale_driver.py PICTURES     # one simulation, as JSON

The list, its hash, the parts, the check of every path and the joined table are real; only the
reading is not: each picture has the row of one digit that was read once. What comes out is how many
pictures a second one driver can serve, however many readers it has, and what memory it takes.
"""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
from _measure import spread

from tenfold.batch import read_to_table
from tenfold.batch.row_reader import ReaderSetup, RowReader
from tenfold.batch.rows import batch_of
from tenfold.data import load_dataset
from tenfold.reader import Reader

__all__ = ["measure"]

SIZES = (10_000, 100_000, 1_000_000)

# Rows that arrive together; an actor of Ray sends more.
BATCH = 128


def measure(rounds: int) -> list[dict[str, Any]]:
    """Return a row for each size: seconds, pictures a second, and the peak of memory in MB."""
    rows = []
    for pictures in SIZES:
        runs = [_simulated(pictures) for _round in range(rounds)]
        rows.append(
            {
                "pictures, simulated": pictures,
                "seconds": spread([run["seconds"] for run in runs]),
                "pictures a second": spread([pictures / run["seconds"] for run in runs]),
                "peak, MB": spread([run["peak"] for run in runs]),
                "table, MB": runs[0]["table"],
            }
        )
    return rows


def _simulated(pictures: int) -> dict[str, float]:
    """Run one simulation in a process of its own, whose memory is then its own."""
    command = [sys.executable, __file__, str(pictures)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def main(pictures: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        digit = folder / "digit.png"
        cv2.imwrite(str(digit), 255 - np.asarray(load_dataset("mnist").test.images[0]))
        reader = Reader()
        row = batch_of(RowReader(ReaderSetup.of(reader)).rows([str(digit)]))
        listed = folder / "list.txt"
        with listed.open("w", encoding="utf-8") as file:
            for number in range(pictures):
                file.write(f"/pictures/{number // 1000:06}/{number:09}.png\n")
        out = folder / "table.parquet"
        began = time.perf_counter()
        made = read_to_table([f"@{listed}"], out, reader, lambda _setup, paths: _rows(row, paths))
        seconds = time.perf_counter() - began
        assert made.pictures == pictures
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        table = out.stat().st_size / 1e6
        print(json.dumps({"seconds": seconds, "peak": peak, "table": table}))


def _rows(row: pa.RecordBatch, paths: Iterable[str]) -> Generator[pa.RecordBatch, None, None]:
    """Give every picture the same row but for its path."""
    rest = iter(paths)
    at = row.schema.get_field_index("path")
    while chunk := list(itertools.islice(rest, BATCH)):
        same = row.take(pa.array(np.zeros(len(chunk), np.int64)))
        yield same.set_column(at, row.schema.field(at), pa.array(chunk, pa.string()))


if __name__ == "__main__":
    main(int(sys.argv[1]))
