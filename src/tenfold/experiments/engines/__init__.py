"""Engines: what does jobs, one file each. An engine has ``submit`` and ``result``."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from tenfold.experiments.jobs import Job

__all__ = ["Engine", "Outcome"]


class Outcome(msgspec.Struct, frozen=True):
    """How a job has ended.

    Args:
        job: the job.
        scores: what ``run_job`` gave, or none if the job failed.
        error: why it failed, for a person; empty if it did not.
    """

    job: Job
    scores: dict[str, Any] | None
    error: str = ""


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
