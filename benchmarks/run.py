"""The benchmark: every part in a process of its own, results as JSON, figures, and the page.

    .venv/bin/python benchmarks/run.py --python .venv-peers/bin/python       # at most 30 minutes
    .venv/bin/python benchmarks/run.py --only sprint,reading   # the other parts' results are kept
    .venv/bin/python benchmarks/run.py --rewrite               # page and figures, nothing measured

Results go to docs/benchmarks/results.json, figures beside it; in docs/benchmarks.md what stands
between ``<!-- NAME -->`` and ``<!-- /NAME -->`` is replaced by the tables of that name.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from _part import load_part

from tenfold.figures import save
from tenfold.files import write_json, write_whole
from tenfold.records import describe_environment

PARTS = ("sprint", "tutorials", "folds", "reading", "growth")
PARTS_FOLDER = Path(__file__).with_name("parts")
DOCS = Path(__file__).parents[1] / "docs"
GRACE = 1.25
"""A part that takes so many times its minutes is stopped."""

Results = dict[str, Any]


def machine() -> dict[str, Any]:
    """Return where and with what a part is measured, and how busy that is before."""
    return {**msgspec.to_builtins(describe_environment()), "load_before": os.getloadavg()[0]}


def measure(name: str, options: argparse.Namespace) -> Results:
    """Measure a part in a process of its own.

    Raises:
        SystemExit: saying so, if it fails or takes too long.
    """
    file = PARTS_FOLDER / f"{name}.py"
    minutes = load_part(file).BUDGET
    asked = {
        "python": str(options.python) if options.python else None,
        "recipes": options.recipes,
        "minutes": minutes,
        "tiny": options.tiny,
    }
    told, began = machine(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "result.json"
        runner = Path(__file__).with_name("_part.py")
        command = [sys.executable, str(runner), str(file), str(into), json.dumps(asked)]
        try:
            subprocess.run(command, check=True, timeout=60 * minutes * GRACE)
        except subprocess.TimeoutExpired:
            raise SystemExit(f"{name}: stopped after {minutes * GRACE:.0f} minutes") from None
        except subprocess.CalledProcessError as error:
            raise SystemExit(f"{name}: ended with code {error.returncode}") from None
        result = json.loads(into.read_bytes())
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": time.monotonic() - began,
        "budget_minutes": minutes,
        "machine": told,
        "result": result,
    }


def under(name: str, part: Results) -> str:
    """Say where, when, with what and how long a part was measured, and what it left out."""
    where = part["machine"]
    versions = dict(where["versions"], **part["result"].get("versions", {}))
    named = ", ".join(f"{package} {version}" for package, version in versions.items())
    text = (
        f"Measured {part['date'][:10]} on {where['cores']} cores of {where['processor']} (load "
        f"before: {where['load_before']:.1f}) in {part['seconds'] / 60:.1f} minutes; {named}; "
        f"revision {(where['git_revision'] or 'unknown')[:12]}. Again: "
        f"`benchmarks/run.py --only {name}`."
    )
    left_out = [f"- Left out: {what}" for what in part["result"].get("left_out", [])]
    return "\n".join([text, *(["", *left_out] if left_out else [])])


def fill(page: str, tables: Mapping[str, str]) -> tuple[str, list[str]]:
    """Put ``tables`` between their markers; return the page and the names that have no markers."""
    missing = []
    for name, text in tables.items():
        ends = (f"<!-- {name} -->", f"<!-- /{name} -->")
        between = re.compile(f"(?<={re.escape(ends[0])}).*?(?={re.escape(ends[1])})", re.DOTALL)
        if not between.search(page):
            missing.append(name)
        page = between.sub(lambda _match, text=text: f"\n\n{text.strip()}\n\n", page, count=1)
    return page, missing


def drawn_tables(name: str, part: Results, folder: Path, link: str) -> dict[str, str]:
    """Draw a part's figures into ``folder``; return its tables, which show them."""
    module = load_part(PARTS_FOLDER / f"{name}.py")
    tables: dict[str, str] = dict(module.tables(part["result"]))
    tables[name] = f"{tables[name]}\n\n{under(name, part)}"
    for title, figure in getattr(module, "figures", lambda _result: {})(part["result"]).items():
        save(figure, folder / f"{title}.svg")
        tables[name] += f"\n\n![{title}]({link}/{title}.svg)"
    return tables


def write_pages(results: Results, folder: Path, page: Path) -> list[str]:
    """Draw the figures and fill the page; return what is wrong, one sentence each."""
    text, wrong = page.read_text(encoding="utf-8"), []
    link = Path(os.path.relpath(folder, page.parent)).as_posix()
    for name in PARTS:
        if name not in results["parts"]:
            continue
        try:
            tables = drawn_tables(name, results["parts"][name], folder, link)
        except (KeyError, TypeError) as error:
            wrong.append(f"{name}: its results are of an older form ({error!r}); measure it again")
            continue
        text, missing = fill(text, tables)
        wrong += [f"{page} has no markers for {one}" for one in missing]
    write_whole(page, text)
    return wrong


def load_results(file: Path) -> Results:
    """Return the results so far."""
    found: Results = json.loads(file.read_bytes()) if file.exists() else {"parts": {}}
    return found


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", type=Path, help="interpreter of the peers' environment")
    parser.add_argument("--only", help="parts to run, with commas between; the others are kept")
    parser.add_argument("--recipes", default="sprint,sprint-long", help="of the part sprint")
    parser.add_argument("--folder", type=Path, default=DOCS / "benchmarks", help="of the results")
    parser.add_argument("--page", type=Path, default=DOCS / "benchmarks.md")
    parser.add_argument("--rewrite", action="store_true", help="measure nothing")
    parser.add_argument(
        "--tiny", action="store_true", help="see that it runs; figures mean nothing"
    )
    options = parser.parse_args(arguments)
    options.recipes = options.recipes.split(",")
    options.only = options.only.split(",") if options.only else list(PARTS)
    unknown = [name for name in options.only if name not in PARTS]
    if unknown:
        parser.error(f"unknown parts {', '.join(unknown)}; known are {', '.join(PARTS)}")
    if options.tiny and options.folder == DOCS / "benchmarks":
        parser.error("--tiny measures nothing worth keeping: give a --folder and a --page")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 if a part failed or the page could not be filled."""
    options = parse(arguments)
    file = options.folder / "results.json"
    results, failed = load_results(file), False
    for name in [] if options.rewrite else [part for part in PARTS if part in options.only]:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            results["parts"][name] = measure(name, options)
        except SystemExit as error:
            print(error, file=sys.stderr, flush=True)
            failed = True
            continue
        write_json(file, results)
    wrong = write_pages(results, options.folder, options.page)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return int(failed or bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
