"""The folder of an experiment: its plan, its results, and the runs in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, final

import msgspec

from tenfold.errors import RunError
from tenfold.files import locked_folder, read_json, write_json
from tenfold.language import text as _
from tenfold.records import Run, describe_environment

__all__ = ["ExperimentFolder"]

PLAN = "experiment.json"


@final
class ExperimentFolder:
    """A handle on an experiment's folder.

    ::

        experiment.json   what was asked for, where, and the command that asks for it
        results.json      what came of it, written last
        .../              the folders of its runs
    """

    def __init__(self, folder: str | Path) -> None:
        """Refer to ``folder``, which need not exist yet."""
        self.folder = Path(folder)

    @contextmanager
    def opened(self, plan: Mapping[str, Any], command: str) -> Iterator[None]:
        """Begin the experiment, or go on with the same one; keep other processes out meanwhile.

        One that fails before any of its runs has begun leaves the folder free for another.

        Raises:
            RunError: if the folder holds another experiment, or a process is at work in it.
            StorageError: if the folder cannot be used.
        """
        with locked_folder(self.folder):
            self._begin(plan, command)
            try:
                yield
            except Exception:
                self._free()
                raise

    def write_results(self, results: Mapping[str, Any]) -> None:
        """Write the results."""
        self._write("results.json", results)

    @property
    def plan(self) -> dict[str, Any]:
        """What was asked for, as plain data.

        Raises:
            RunError: if there is no experiment, or its file is damaged.
        """
        plan = self._read(PLAN).get("plan")
        if not isinstance(plan, dict):
            path = self.folder / PLAN
            raise RunError(_("{path} is damaged: {reason}", path=path, reason=_("no plan")))
        return plan

    @property
    def results(self) -> dict[str, Any]:
        """The results, as plain data.

        Raises:
            RunError: if there are none, or they are damaged.
        """
        return self._read("results.json")

    def seconds_in_all(self, took: float, workers: int | None) -> float:
        """Return the wall-clock time of all invocations, the last of which ``took`` so long.

        Of one that was killed nothing is known but how long its runs trained, ``workers`` at
        once, or all.
        """
        before = float(self.results.get("seconds", 0.0)) if self.finished else 0.0
        runs = [Run(path.parent) for path in self.folder.rglob("scores.json")]
        trained = sum(float(run.scores.get("seconds", 0.0)) for run in runs)
        at_most = max(1, len(runs))
        at_once = at_most if workers is None else min(workers, at_most)
        return max(before + took, trained / at_once)

    @property
    def finished(self) -> bool:
        """Whether there are results."""
        return (self.folder / "results.json").is_file()

    def _begin(self, plan: Mapping[str, Any], command: str) -> None:
        path = self.folder / PLAN
        if not path.exists():
            content = {"plan": plan, "command": command, "environment": describe_environment()}
            self._write(PLAN, content)
            return
        before = self.plan
        # Through JSON and back, so that tuples compare equal to lists.
        wanted = msgspec.json.decode(msgspec.json.encode(plan))
        names = [name for name in wanted | before if wanted.get(name) != before.get(name)]
        if names:
            raise RunError(
                _(
                    "{folder} holds an experiment with other settings ({names} not the same). "
                    "Choose another folder.",
                    folder=self.folder,
                    names=", ".join(names),
                )
            )

    def _free(self) -> None:
        """Remove the plan where nothing else is; names that begin with a dot do not count."""
        if [path.name for path in self.folder.iterdir() if path.name[0] != "."] == [PLAN]:
            (self.folder / PLAN).unlink()

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        write_json(self.folder / name, content)

    def _read(self, name: str) -> dict[str, Any]:
        missing = _(
            "{folder} has no {name}: no experiment, or not finished.", folder=self.folder, name=name
        )
        return read_json(self.folder / name, missing)
