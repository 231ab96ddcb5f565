"""The folder of an experiment: its plan, its results, and the runs in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, final

import msgspec

from tenfold.complaints import complaint
from tenfold.errors import RunError
from tenfold.files import locked_folder, read_json, write_json
from tenfold.language import text as _
from tenfold.recipes import DESCRIPTIONS
from tenfold.records.environment import Environment, describe_environment
from tenfold.records.results import Data, Results
from tenfold.records.run import Run

__all__ = ["RESULTS", "ExperimentFolder"]

PLAN = "experiment.json"
RESULTS = "results.json"
LARGEST_FILE = 64 * 2**20

T = TypeVar("T")


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

    def write_results(self, results: Results) -> None:
        """Write the results."""
        write_json(self.folder / RESULTS, results.to_dict())

    @property
    def plan(self) -> dict[str, object]:
        """What was asked for, as plain data: each kind of experiment has its own.

        Raises:
            RunError: if there is no experiment, or its file is damaged.
        """
        return self._part("plan")

    @property
    def subset(self) -> int | None:
        """How many training images were used, from the first; None for all."""
        subset = self.plan.get("subset") if self.begun else None
        return subset if isinstance(subset, int) else None

    @property
    def data(self) -> Data:
        """The data set that was used; empty where the folder does not say."""
        found = self.plan.get("data") if self.begun else None
        return self._converted(found, Data) if isinstance(found, dict) else Data()

    @property
    def environment(self) -> Environment:
        """Where and with what it was begun."""
        found = self._read(PLAN).get("environment") if self.begun else None
        return self._converted(found, Environment) if isinstance(found, dict) else Environment()

    @property
    def results(self) -> Results:
        """What came of it.

        Raises:
            RunError: if there are no results, or they are damaged or of no kind known here.
        """
        plain = self._read(RESULTS)
        try:
            found: Results = msgspec.convert(plain, Results)
        except msgspec.ValidationError as error:
            raise self._damaged(RESULTS, complaint(error, Results, plain)) from error
        return found

    def runs(self, name: str) -> list[Run]:
        """Return the run in a folder inside this one, or the runs in its folders.

        A name that leads out of the experiment's folder has none.
        """
        place = self.folder / name
        if not name or not place.resolve().is_relative_to(self.folder.resolve()):
            return []
        if Run(place).started:
            return [Run(place)]
        return [Run(path.parent) for path in sorted(place.glob("*/run.json"))]

    def seconds_in_all(self, took: float, workers: int | None) -> float:
        """Return the wall-clock time of all invocations, the last of which ``took`` so long.

        Of one that was killed nothing is known but how long its runs trained, ``workers`` at
        once, or all.
        """
        before = (getattr(self.results, "seconds", None) or 0.0) if self.finished else 0.0
        runs = [Run(path.parent) for path in self.folder.rglob("scores.json")]
        trained = sum(run.scores.seconds or 0.0 for run in runs)
        at_most = max(1, len(runs))
        at_once = at_most if workers is None else min(workers, at_most)
        return max(before + took, trained / at_once)

    @property
    def finished(self) -> bool:
        """Whether there are results."""
        return (self.folder / RESULTS).is_file()

    @property
    def begun(self) -> bool:
        """Whether the folder says what was asked for."""
        return (self.folder / PLAN).is_file()

    def _begin(self, plan: Mapping[str, Any], command: str) -> None:
        path = self.folder / PLAN
        if not path.exists():
            environment = msgspec.to_builtins(describe_environment())
            content = {"plan": plan, "command": command, "environment": environment}
            write_json(path, content)
            return
        before = self.plan
        # Through JSON and back, so that tuples compare equal to lists.
        wanted = msgspec.json.decode(msgspec.json.encode(plan))
        names = [
            name
            for name in wanted | before
            if _decisive(wanted.get(name)) != _decisive(before.get(name))
        ]
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

    def _part(self, name: str) -> dict[str, object]:
        part = self._read(PLAN).get(name)
        if not isinstance(part, dict):
            raise self._damaged(PLAN, _("{field} is missing", field=name))
        return part

    def _converted(self, plain: dict[str, object], kind: type[T]) -> T:
        try:
            return msgspec.convert(plain, kind)
        except msgspec.ValidationError as error:
            raise self._damaged(PLAN, complaint(error, kind, plain)) from error

    def _damaged(self, name: str, reason: str) -> RunError:
        return RunError(_("{path} is damaged: {reason}", path=self.folder / name, reason=reason))

    def _read(self, name: str) -> dict[str, object]:
        missing = _(
            "{folder} has no {name}: no experiment, or not finished.", folder=self.folder, name=name
        )
        return read_json(self.folder / name, missing, LARGEST_FILE)


def _decisive(part: Any) -> Any:
    """A part of a plan without what recipes say of themselves, which another version may reword."""
    if isinstance(part, list):
        return [_decisive(one) for one in part]
    if isinstance(part, dict):
        return {name: _decisive(one) for name, one in part.items() if name not in DESCRIPTIONS}
    return part
