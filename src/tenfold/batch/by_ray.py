"""Rows read by the machines of a Ray cluster, through Ray Data."""

from __future__ import annotations

import itertools
import logging
import os
import platform
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from tenfold.batch.by_processes import CHUNK, chunks_of, row_crew
from tenfold.batch.filesystems import HERE, is_remote
from tenfold.batch.ray_head import lost_cluster, watched
from tenfold.batch.row_reader import RowReader
from tenfold.batch.rows import Row, batch_of, schema
from tenfold.clusters import connect
from tenfold.errors import MissingExtraError, SourceError, TenfoldError
from tenfold.language import current_language, set_language
from tenfold.language import text as _
from tenfold.reader.setup import ReaderSetup

if TYPE_CHECKING:
    import pyarrow as pa
    from ray import ObjectRef

__all__ = ["read_by_ray"]

# Pictures that an actor takes at once, at most: some second's work, for each costs Ray some
# hundredths of one.
_BLOCK = 512

# Fewer where they are few, so that each actor has its turn so many times.
_TURNS = 8

# Pictures for each actor in one execution of Ray Data. Their paths are held, so they are not all of
# many millions; an execution takes some seconds to begin, so they are not few.
_WINDOW = 16_384

# Batches that a program outside the cluster asks for before it has the first.
_ASKED = 8

# How often work is begun again where nothing came of it.
_TRIES = 3


def read_by_ray(
    setup: ReaderSetup, paths: Iterable[str], workers: int | None, address: str | None, cores: int
) -> Generator[list[Row], None, None]:
    """Yield the rows of pictures in order, some at a time.

    Each actor holds a reader of its own. Ray makes one anew that dies, or whose machine is lost,
    as soon as there is room for it, and has it read again what was under way. It reads through a
    process of its own then: a picture with which that dies, and again when it is read alone, has
    a row that says so.

    Args:
        setup: what the readers are made of; it travels to the actors.
        paths: of pictures that each machine can open.
        workers: how many actors at most; by default one for each core.
        address: as for ``tenfold.clusters.connect``.
        cores: how many cores a Ray on this machine has.

    Raises:
        MissingExtraError: if Ray is not installed.
        TenfoldError: if the cluster cannot be joined, or loses its actors whatever they read.
        SourceError: if the place where the pictures are does not answer.
    """
    with connect(address, cores), _quiet(), watched(address) as is_lost:
        import ray

        try:
            outside = (address or "").startswith("ray://")
            readers = _Readers(ray.put(setup), workers, outside=outside)
            yield from (batch.to_pylist() for batch in readers.read(paths))
        except KeyboardInterrupt as error:
            if is_lost():
                raise lost_cluster(address) from error
            raise
        # Ray's client says so.
        except ConnectionError as error:
            raise lost_cluster(address) from error


@final
class _Readers:
    """A reader for each core of the cluster, as many as there are when an execution begins."""

    def __init__(
        self, setup: ObjectRef[ReaderSetup], workers: int | None, *, outside: bool = False
    ) -> None:
        self._setup = setup
        self._workers = workers
        self._outside = outside

    def read(self, paths: Iterable[str]) -> Generator[pa.RecordBatch, None, None]:
        rest = iter(paths)
        while window := list(itertools.islice(rest, _WINDOW * self._count())):
            yield from self._read_all(window)

    def _count(self) -> int:
        import ray

        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call] # Ray's
        cores = int(resources.get("CPU", 1))
        return max(1, cores if self._workers is None else min(cores, self._workers))

    def _read_all(self, paths: Sequence[str]) -> Generator[pa.RecordBatch, None, None]:
        """Read a window, from where it stopped if actors or machines are lost."""
        from ray.exceptions import RayError

        done = failed = 0
        while done < len(paths):
            try:
                for batch in self._batches(paths[done:]):
                    yield batch
                    done += batch.num_rows
                    failed = 0
            except RayError as error:
                _raise_ours(error)
                failed += 1
                if failed == _TRIES:
                    raise _lost_again(error) from error

    def _batches(self, paths: Sequence[str]) -> Iterator[pa.RecordBatch]:
        import ray

        told = (_witness(paths), current_language())
        if not self._outside:
            yield from self.execute(paths, *told)
            return
        # Ray Data does not work through Ray's client; so it works in the cluster.
        there: Any = ray.remote(num_cpus=0)(_There).remote([self._setup], self._workers)
        try:
            answers = deque([there.begin.remote(list(paths), *told)])
            ray.get(answers.popleft())
            while True:
                answers.extend(there.next.remote() for _more in range(_ASKED - len(answers)))
                batch = ray.get(answers.popleft())
                if batch is None:
                    return
                yield batch
        finally:
            # Where the cluster is lost, so is this.
            with suppress(Exception):
                ray.kill(there)

    def execute(
        self, paths: Sequence[str], witness: str | None, language: str
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of some pictures by one execution of Ray Data.

        Actors must find the picture ``witness``, and speak ``language``.
        """
        import pyarrow as pa
        import ray.data

        actors = self._count()
        size = min(_BLOCK, max(CHUNK, len(paths) // (_TURNS * actors)))
        # A path may hold bytes that are no characters.
        blocks = [
            pa.table({"path": pa.array(map(os.fsencode, chunk), pa.binary())})
            for chunk in chunks_of(paths, size)
        ]
        found = ray.data.from_arrow(blocks).map_batches(
            _Actor,
            batch_size=None,
            batch_format="pyarrow",
            fn_constructor_args=(self._setup, witness, language),
            compute=ray.data.ActorPoolStrategy(size=min(actors, len(blocks))),
            num_cpus=1,
        )
        table: pa.Table
        for table in found.iter_batches(batch_size=None, batch_format="pyarrow"):
            yield from table.cast(schema()).combine_chunks().to_batches()


@final
class _There:
    """Executions of Ray Data by a process of the cluster, for a program outside."""

    def __init__(self, setup: list[ObjectRef[ReaderSetup]], workers: int | None) -> None:
        # In a list, where Ray does not put the content in its place.
        self._readers = _Readers(setup[0], workers)
        self._quiet = _quiet()
        self._quiet.__enter__()
        self._batches: Iterator[pa.RecordBatch] = iter(())

    def begin(self, paths: list[str], witness: str | None, language: str) -> None:
        self._batches = self._readers.execute(paths, witness, language)

    def next(self) -> pa.RecordBatch | None:
        return next(self._batches, None)


@final
class _Actor:
    """One reader on some machine."""

    def __init__(self, setup: ObjectRef[ReaderSetup], witness: str | None, language: str) -> None:
        import ray

        set_language(language)
        content: ReaderSetup = ray.get(setup)
        # A picture may have ended the actor's process before, and would for ever.
        again = ray.get_runtime_context().was_current_actor_reconstructed
        self._reader = None if again else RowReader(content)
        self._crew = row_crew(content, 1) if again else None
        self._blind = None
        if witness is not None and not Path(content.folder, witness).exists():
            self._blind = str(Path(content.folder, witness))

    def __call__(self, block: pa.Table) -> pa.Table:
        import pyarrow as pa

        if self._blind is not None:
            raise SourceError(
                _(
                    "{path} is not there on {machine}, a machine of the cluster. Put the pictures "
                    "where all of them find them by the same path, or behind an address.",
                    path=self._blind,
                    machine=platform.node(),
                )
            )
        paths = [os.fsdecode(path) for path in block["path"].to_pylist()]
        if self._reader is not None:
            return pa.Table.from_batches([batch_of(self._reader.rows(paths))])
        assert self._crew is not None
        rows = itertools.chain.from_iterable(self._crew.answers(chunks_of(paths, CHUNK)))
        return pa.Table.from_batches([batch_of(rows)])


def _witness(paths: Sequence[str]) -> str | None:
    """One of the first pictures that this machine has: others must have it, too."""
    here = (path for path in paths[:8] if not is_remote(path) and HERE.kind(path) == "file")
    return next(here, None)


def _raise_ours(error: Exception) -> None:
    """Raise the error of ours that an actor met, if it did; Ray brings no more of it than words."""
    if ours := re.search(r"^tenfold\.errors\.(\w+): (.+)$", str(error), re.MULTILINE):
        kind = SourceError if ours[1] == "SourceError" else TenfoldError
        raise kind(ours[2]) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Have Ray Data keep the order, and say nothing."""
    try:
        from ray.data import DataContext
    except ImportError as error:
        raise MissingExtraError("ray", _("The engine ray")) from error
    logger = logging.getLogger("ray.data")
    level = logger.level
    context = DataContext.get_current().copy()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.execution_options.preserve_order = True
    logger.setLevel(logging.CRITICAL)
    try:
        with DataContext.current(context):
            yield
    finally:
        logger.setLevel(level)


def _lost_again(error: Exception) -> TenfoldError:
    # Of a whole traceback, the line that says what it was.
    lines = str(error).strip().splitlines() or [type(error).__name__]
    what = next((line for line in lines if re.match(r"[\w.]+(Error|Exception): ", line)), lines[0])
    return TenfoldError(
        _(
            "Ray lost its readers {tries} times, one after another: {reason}. See that its "
            "machines have the same Tenfold, and memory for a reader on each core.",
            tries=_TRIES,
            reason=what.rstrip("."),
        )
    )
