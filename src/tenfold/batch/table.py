"""Makes a table of readings, part by part, going on where it was stopped."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, TypeAlias

from tenfold.batch.by_processes import read_by_processes
from tenfold.batch.by_ray import read_by_ray
from tenfold.batch.parts import PART, Parts, TablePlan, hash_list
from tenfold.batch.rows import Row
from tenfold.batch.sources import list_pictures
from tenfold.batch.table_files import check_ending, write_table
from tenfold.clusters import cluster_address
from tenfold.errors import InputError, RunError
from tenfold.files import locked_folder
from tenfold.language import text as _
from tenfold.processes import core_count
from tenfold.reader import Reader
from tenfold.reader.setup import ReaderSetup

__all__ = ["Engine", "Made", "TableObserver", "choose_engine", "read_to_table"]

Engine: TypeAlias = Callable[[ReaderSetup, Iterable[str]], Generator[list[Row], None, None]]
"""Gives the rows of pictures in order, some at a time."""


class TableObserver(Protocol):
    """Is told how far it is."""

    def listed(self, count: int) -> None:
        """So many pictures have been found."""

    def passed(self, path: str) -> None:
        """A picture of a kind that is not read has been passed over."""

    def read(self, done: int, total: int) -> None:
        """So many pictures of all have their rows."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of it.

    Args:
        pictures: rows in the table.
        errors: those of pictures that could not be read.
    """

    pictures: int
    errors: int


def choose_engine(name: str, workers: int | None = None) -> Engine:
    """Return what reads: processes here, or Ray.

    Args:
        name: "processes"; "ray" for the cluster in RAY_ADDRESS, or a Ray of this machine;
            "ray://HOST:PORT" for a cluster's client server, or "HOST:PORT" for a cluster that
            this machine belongs to.
        workers: how many processes or actors; by default one for each core.

    Raises:
        InputError: if there is no engine of that name.
    """
    if name == "processes":
        count = workers or core_count()
        return lambda setup, paths: read_by_processes(setup, paths, count)
    if re.fullmatch(r"ray|(ray://)?[^/\s]+:\d{1,5}", name):
        address = cluster_address(name) if name.startswith("ray") else name
        cores = workers or core_count()
        return lambda setup, paths: read_by_ray(setup, paths, workers, address, cores)
    raise InputError(
        _(
            "Received --engine {name}; expected processes, ray, or the address of a Ray "
            "cluster such as ray://head:10001.",
            name=name,
        )
    )


def read_to_table(
    sources: Sequence[str],
    out: Path,
    reader: Reader,
    engine: Engine,
    *,
    again: bool = False,
    watch: TableObserver | None = None,
) -> Made:
    """Read all pictures in ``sources`` and write one row for each to ``out``, in order.

    Stopped at any moment, the same call goes on after the last whole part; so it does with
    another engine. The table is the same, bit for bit.

    Args:
        sources: as for ``list_pictures``.
        out: the table, a file ending with .parquet, .csv or .jsonl.
        reader: what reads; each process has its like.
        engine: see ``choose_engine``.
        again: start over, whatever is there.
        watch: told how far it is.

    Raises:
        InputError: if a source has no pictures, or ``out`` another ending.
        RunError: if the table is there already, another process makes it, or it was begun with
            other pictures, another model or other settings.
        SourceError: if the place where the pictures are does not answer.
        StorageError: if something cannot be written or listed.
        MissingExtraError: if packages are not installed.
        TenfoldError: if readers die whatever they read.
    """
    check_ending(out)
    parts = Parts(out)
    if out.exists() and not parts.begun and not again:
        raise RunError(
            _("{out} is there already; name another file, or start over (--again).", out=out)
        )
    setup = ReaderSetup.of(reader)
    with locked_folder(parts.folder):
        if again:
            parts.clear()
        try:
            plan = _plan(parts, setup, _counted(sources, watch))
        finally:
            if not parts.begun:
                parts.remove()
        _read_parts(parts, plan, setup, engine, watch)
        made = _write(parts, plan, out)
        parts.clear()
    parts.remove()
    return made


def _counted(sources: Sequence[str], watch: TableObserver | None) -> Iterator[str]:
    if watch is None:
        yield from list_pictures(sources)
        return
    for number, picture in enumerate(list_pictures(sources, watch.passed), 1):
        watch.listed(number)
        yield picture


def _plan(parts: Parts, setup: ReaderSetup, pictures: Iterable[str]) -> TablePlan:
    """Begin, or see that what was begun is what is asked for."""
    begun = parts.begun
    count, digest = hash_list(pictures, lambda _line: None) if begun else parts.write_list(pictures)
    plan = TablePlan(
        pictures=count,
        list=digest,
        model=setup.model_hash,
        finders=setup.finders_hash,
        layout=setup.layout,
        threshold=setup.threshold,
        at_accuracy=setup.at_accuracy,
        signs=setup.signs,
        version=version("tenfold"),
    )
    if not begun:
        parts.clear_parts()
        parts.write_plan(plan)
        return plan
    was = parts.plan()
    if was != asdict(plan):
        raise RunError(_changed(parts, was, plan))
    return plan


def _changed(parts: Parts, was: dict[str, object], plan: TablePlan) -> str:
    now = asdict(plan)
    if (was.get("list"), was.get("pictures")) != (plan.list, plan.pictures):
        what = _(
            "other pictures: {was} then, {now} now", was=was.get("pictures"), now=plan.pictures
        )
    else:
        names = [name for name in now if was.get(name) != now[name]]
        what = _("another {names}", names=", ".join(names))
    return _(
        "The table in {folder} was begun with {what}. Go on as it was begun, or start over "
        "(--again).",
        folder=parts.folder,
        what=what,
    )


def _read_parts(
    parts: Parts, plan: TablePlan, setup: ReaderSetup, engine: Engine, watch: TableObserver | None
) -> None:
    number = parts.done
    if number * PART >= plan.pictures:
        return
    if watch is not None:
        watch.read(number * PART, plan.pictures)
    expected = parts.pictures(number * PART)
    with closing(engine(setup, parts.pictures(number * PART))) as batches:
        for rows in _by_parts(_seen(batches, number * PART, plan.pictures, watch)):
            parts.write(number, rows, list(itertools.islice(expected, PART)))
            number += 1


def _seen(
    batches: Iterable[list[Row]], done: int, total: int, watch: TableObserver | None
) -> Iterator[list[Row]]:
    for batch in batches:
        yield batch
        done += len(batch)
        if watch is not None:
            watch.read(done, total)


def _by_parts(batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """The same rows, those of a part each time."""
    kept: list[Row] = []
    for batch in batches:
        kept += batch
        while len(kept) >= PART:
            yield kept[:PART]
            kept = kept[PART:]
    if kept:
        yield kept


def _write(parts: Parts, plan: TablePlan, out: Path) -> Made:
    """Join the parts; nothing may be missing."""
    rows = errors = 0

    def counted() -> Iterator[list[Row]]:
        nonlocal rows, errors
        for part in parts.rows():
            rows += len(part)
            errors += sum(row["error"] is not None for row in part)
            yield part
        if rows != plan.pictures:
            raise RunError(
                _(
                    "The parts in {folder} have {rows} rows for {pictures} pictures; start over "
                    "(--again).",
                    folder=parts.folder,
                    rows=rows,
                    pictures=plan.pictures,
                )
            )

    write_table(counted(), out)
    return Made(rows, errors)
