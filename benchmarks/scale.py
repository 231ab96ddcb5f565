"""What Ray costs on one machine, a job and a picture, beside plain local processes; and the driver.

    python benchmarks/scale.py                       # jobs of 10 s, 20,000 pictures, the driver
    python benchmarks/scale.py --only jobs --rounds 5 --seconds 10
    python benchmarks/scale.py --only jobs --engines processes ray head:6379
    python benchmarks/scale.py --out scale           # scale/scale.json and scale/scale.md

The engines take turns on the same work; figures are medians with the least and the greatest. Run it
on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from _measure import table

from tenfold.files import write_whole
from tenfold.records import describe_environment

PARTS = ("jobs", "pictures", "driver")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    found: dict[str, Any] = {
        "environment": msgspec.to_builtins(describe_environment()),
        "parts": {},
    }
    for part in options.only:
        print(f"{part} ...", file=sys.stderr, flush=True)
        found["parts"][part] = _measure(part, options)
    page = "\n\n".join(f"## {part}\n\n{_table(rows)}" for part, rows in found["parts"].items())
    if options.out is not None:
        write_whole(options.out / "scale.json", json.dumps(found, indent=2) + "\n")
        write_whole(options.out / "scale.md", page + "\n")
    print(page)
    return 0


def _measure(part: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    measure = importlib.import_module(f"_scale_{part}").measure
    rows: list[dict[str, Any]]
    if part == "jobs":
        asked = (options.jobs, options.seconds, options.data, tuple(options.engines))
        rows = measure(options.rounds, *asked)
    elif part == "pictures":
        rows = measure(options.rounds, options.pictures)
    else:
        rows = measure(options.rounds)
    return rows


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    head = list(dict.fromkeys(name for row in rows for name in row))
    return table(head, [[_cell(row.get(name, "")) for name in head] for row in rows])


def _cell(value: object) -> str:
    """A number, a text, or of several measurements the median, the least and the greatest."""
    if isinstance(value, Mapping) and "median" in value:
        middle, least, most = (_cell(value[key]) for key in ("median", "min", "max"))
        return f"{middle} ({least} to {most})"
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=8, help="how many in a round")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long a job trains")
    parser.add_argument("--data", default="mnist", help="for the jobs")
    parser.add_argument("--engines", nargs="+", default=["processes", "ray"], help="for the jobs")
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--out", type=Path, help="a folder for scale.json and scale.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
