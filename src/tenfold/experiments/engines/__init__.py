"""Engines: what does jobs, one file each; the file's name is the engine's.

An engine's file has ``address_in(asked)``, which finds the address in what a person asked for, and
``open_engine(address, workers, threads)``, which gives an ``Engine``.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol

import msgspec

from tenfold.errors import UnknownNameError
from tenfold.experiments.jobs import Job
from tenfold.language import text as _
from tenfold.records import RunScores
from tenfold.registry import entry_names

__all__ = ["HERE", "Engine", "EngineChoice", "Outcome", "choose_engine", "engine_names"]


class Outcome(msgspec.Struct, frozen=True):
    """How a job has ended.

    Args:
        job: the job.
        scores: what ``run_job`` gave, or none if the job failed.
        error: why it failed, for a person; empty if it did not.
        again: it was lost with its worker, and the engine does it again; not its end yet.
    """

    job: Job
    scores: RunScores | None
    error: str = ""
    again: bool = False


class Engine(Protocol):
    """Does jobs, several at once; a job that fails costs that job only."""

    @property
    def workers(self) -> int:
        """How many jobs it does at once."""

    def submit(self, job: Job) -> None:
        """Take a job, to be done as soon as there is room."""

    def result(self, timeout: float) -> Outcome | None:
        """Wait up to ``timeout`` seconds for any job to end; give each outcome once."""

    def close(self) -> None:
        """Stop at once; runs that are not finished stay resumable."""


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engine is to do jobs, and where.

    Args:
        name: the engine's name.
        address: of a cluster of machines; None is this machine.
    """

    name: str = "processes"
    address: str | None = None

    def open(self, workers: int | None, threads: int) -> Engine:
        """Start the engine, or join it.

        Args:
            workers: jobs at once; None is as many as a cluster has room for.
            threads: of each job.

        Raises:
            MissingExtraError: if the engine's packages are not installed.
            TenfoldError: if it cannot be started or joined.
        """
        engine: Engine = _module(self.name).open_engine(self.address, workers, threads)
        return engine


HERE = EngineChoice()
"""Processes on this machine."""


def engine_names() -> list[str]:
    """Return the names of all engines, sorted."""
    return entry_names(__path__)


def choose_engine(asked: str) -> EngineChoice:
    """Return the engine that ``asked`` names: "processes", "ray", "ray://HOST:PORT", "HOST:PORT".

    Raises:
        UnknownNameError: if there is no such engine.
        InputError: if it has no address of that form.
    """
    # An address alone is that of a Ray cluster, as Ray's own commands write it.
    is_address = re.fullmatch(r"[\w.-]+:\d+", asked) is not None
    name = "ray" if is_address else asked.partition("://")[0]
    if name not in engine_names():
        raise UnknownNameError(_("engine"), asked, engine_names())
    return EngineChoice(name, _module(name).address_in(asked))


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")
